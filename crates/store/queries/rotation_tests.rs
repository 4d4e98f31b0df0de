//! The key `seeds` is replaced: everything opens at every moment, and in the end nothing opens with the old one.

use kinfold_domain::EmployeeId;
use kinfold_service::ports::{
    AccountChange, PasskeyStore, SheetStore, StaffStore, TokenChange, TokenStore,
};
use kinfold_store::{OpenError, StoreKeys};
use kinfold_token::{Seed, Standing, TokenParameters};
use kinfold_token_file::FileToken;
use proptest::prelude::*;
use secrecy::SecretBox;
use uuid::Uuid;

use super::*;
use crate::testing::{
    Place, SEED, account, at, burn, keys_of, passkey, session, sheet, store, token,
};

fn key(byte: u8) -> StoreKey {
    SecretBox::new(Box::new([byte; 32]))
}

/// The keys as their files lie while `now` replaces `before`.
fn keys_while(now: u8, before: Option<u8>) -> StoreKeys {
    StoreKeys { seeds_before: before.map(key), ..keys_of([1, 2, now]) }
}

/// Five employees with a token each, one of them with a passkey and emergency codes, and two fobs that nobody holds.
async fn peopled() -> (Place, Store) {
    let (place, store) = store().await;
    for n in 1..=5 {
        hire(&store, n).await;
    }
    assert!(store.add_passkey(&passkey(71, account(1, "user.1").employee.id)).await.unwrap());
    assert!(store.put_sheet(&sheet(72, account(1, "user.1").employee.id), None).await.unwrap());
    let fob = |serial: &str| FileToken {
        serial: serial.parse().unwrap(),
        maker: "Testmaker".to_owned(),
        parameters: TokenParameters::default(),
        seed: Seed::new(SEED.to_vec()).unwrap(),
    };
    let fobs = [(81, "FOB-1"), (82, "FOB-2")]
        .map(|(id, serial)| (kinfold_service::ports::TokenId(Uuid::from_u128(id)), fob(serial)));
    store.arrive(fobs.into(), at(0)).await.unwrap();
    store.keep_arrivals(None).await.unwrap();
    (place, store)
}

async fn hire(store: &Store, n: u128) {
    let who = account(n, &format!("user.{n}"));
    assert!(store.add_account(&who).await.unwrap());
    store.add_token(&token(10 + n, who.employee.id, Standing::InUse)).await.unwrap();
}

fn employee(n: u128) -> EmployeeId {
    account(n, "any").employee.id
}

/// Opens all that is there; how many employees there are.
async fn everything_opens(store: &Store) -> usize {
    let accounts = store.accounts().await.unwrap();
    for known in &accounts {
        let token = store.token(known.employee.id, Standing::InUse).await.unwrap().unwrap();
        assert_eq!(token.seed.expose(), SEED);
    }
    assert_eq!(store.passkeys_of(employee(1)).await.unwrap().len(), 1);
    assert_eq!(store.sheet(employee(1)).await.unwrap().unwrap().sheet.left(), 10);
    accounts.len()
}

/// Until a round finds nothing to do any more.
async fn to_the_end(store: &Store) -> Round {
    loop {
        let mut round = Round::default();
        while !round.is_over() {
            store.seal_anew(&mut round).await.unwrap();
        }
        if round.anew == 0 {
            return round;
        }
    }
}

#[tokio::test]
async fn with_the_database_and_the_old_key_nothing_opens_any_more() {
    let (place, store) = peopled().await;
    let before: Vec<Vec<u8>> = sqlx::query_scalar(
        "SELECT sealed FROM account UNION SELECT seed FROM token UNION SELECT sealed FROM passkey
         UNION SELECT sealed FROM emergency_sheet UNION SELECT sealed FROM store_key WHERE name = 'seeds'",
    )
    .fetch_all(&store.read)
    .await
    .unwrap();
    assert_eq!(before.len(), 15);

    store.replace_seeds_key(&key(4)).await;
    let round = to_the_end(&store).await;
    assert_eq!((round.seen, round.unopened), (15, 0));
    assert_eq!(store.under_seeds_key().await.unwrap(), 15);
    store.write_files_anew().await.unwrap();
    store.forget_seeds_key().await;
    assert!(!store.is_replacing_seeds_key().await);
    assert_eq!(everything_opens(&store).await, 5);

    // While the node still serves: no file holds a byte of what the old key sealed.
    for file in place.files().await {
        let bytes = std::fs::read(&file).unwrap();
        for sealed in &before {
            assert!(!bytes.windows(24).any(|part| part == &sealed[1..25]), "{}", file.display());
        }
    }
    store.close().await;
    let refused = place.open_with(&keys_while(3, None)).await.unwrap_err();
    assert!(matches!(refused, OpenError::WrongKey(KeyName::Seeds)));
    let old = SeedSeals::new(&key(3), None);
    let store = place.open_with(&keys_while(4, None)).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    for table in [Table::Mark, Table::Account, Table::Token, Table::Passkey, Table::Emergency] {
        for row in rows(&mut tx, table, "").await.unwrap() {
            let identity: Vec<&[u8]> = row.identity.iter().map(Vec::as_slice).collect();
            assert!(seal_of(table, &old).unwrap().open(&identity, &row.value).is_err());
        }
    }
}

#[tokio::test]
async fn a_copy_made_in_the_middle_opens_with_the_two_keys_and_goes_on() {
    let (place, store) = peopled().await;
    store.replace_seeds_key(&key(4)).await;
    let mut round = Round::default();
    for _ in 0..3 {
        store.seal_anew(&mut round).await.unwrap();
    }
    hire(&store, 6).await;
    assert!(round.anew > 0 && !round.is_over());
    store.close().await;
    let copy = place.copied().await;
    for (place, employees) in [(place, 6), (copy, 6)] {
        for alone in [4, 9] {
            let refused = place.open_with(&keys_while(alone, None)).await.unwrap_err();
            assert!(matches!(refused, OpenError::WrongKey(KeyName::Seeds)));
        }
        let store = place.open_with(&keys_while(4, Some(3))).await.unwrap();
        assert!(store.is_replacing_seeds_key().await);
        assert_eq!(everything_opens(&store).await, employees);
        to_the_end(&store).await;
        store.forget_seeds_key().await;
        assert_eq!(everything_opens(&store).await, employees);
        store.close().await;
        let store = place.open_with(&keys_while(4, None)).await.unwrap();
        assert_eq!(everything_opens(&store).await, employees);
    }
}

#[tokio::test]
async fn what_opens_under_neither_key_is_named_and_left_as_it_is() {
    let (_place, store) = peopled().await;
    sqlx::query("UPDATE token SET employee_id = (SELECT MAX(employee_id) FROM account) WHERE serial = 'FOB-1'")
        .execute(&store.write)
        .await
        .unwrap();
    store.replace_seeds_key(&key(4)).await;
    let round = to_the_end(&store).await;
    assert_eq!(round.unopened, 1);
    assert_eq!(round.named, [format!("token {}", Uuid::from_u128(81))]);
    assert!(store.is_replacing_seeds_key().await, "the old key is not given up");
}

/// What happens beside a replacement.
#[derive(Clone, Debug)]
enum Happens {
    Batch,
    NewRound,
    SignIn(u128),
    Hire,
    ChangeAccount(u128),
    HandBack(u128),
    Restart,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        4 => Just(Happens::Batch),
        1 => Just(Happens::NewRound),
        3 => (1..=5_u128).prop_map(Happens::SignIn),
        1 => Just(Happens::Hire),
        2 => (1..=5_u128).prop_map(Happens::ChangeAccount),
        1 => (1..=2_u128).prop_map(Happens::HandBack),
        1 => Just(Happens::Restart),
    ]
}

async fn sign_in(store: &Store, n: u128, second: i64) {
    let known = store.token(employee(n), Standing::InUse).await.unwrap().unwrap();
    let byte = u8::try_from(second).unwrap();
    let burn = burn(&known, known.version, second * 8);
    assert!(store.open_session(burn, &session(byte, employee(n))).await.unwrap());
}

/// A fob goes to an employee or back into stock: its seed is bound anew.
async fn hand_over(store: &Store, n: u128) {
    let serial = format!("FOB-{n}").parse().unwrap();
    let fob = store.token_of_serial(&serial).await.unwrap().unwrap();
    let (holder, standing) = match fob.holder {
        None => (Some(employee(n)), Standing::Lost),
        Some(_) => (None, Standing::Returned),
    };
    let change = TokenChange {
        token: fob.id,
        version: fob.version,
        standing,
        at: at(1),
        holder,
        state: fob.state,
    };
    assert!(store.change_token(&change).await.unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn in_any_order_of_batches_sign_ins_changes_and_restarts_everything_opens(
        story in prop::collection::vec(happens(), 1..25),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (place, mut store) = peopled().await;
            store.replace_seeds_key(&key(4)).await;
            let (mut round, mut hired) = (Round::default(), 5);
            for (step, next) in (1..).zip(story) {
                match next {
                    Happens::Batch => store.seal_anew(&mut round).await.unwrap(),
                    Happens::NewRound => round = Round::default(),
                    Happens::SignIn(n) => sign_in(&store, n, step).await,
                    Happens::Hire => { hired += 1; hire(&store, hired).await; }
                    Happens::ChangeAccount(n) => {
                        let change = AccountChange::Email(None);
                        assert!(store.change_account(employee(n), &change).await.unwrap());
                    }
                    Happens::HandBack(n) => hand_over(&store, n).await,
                    Happens::Restart => {
                        // As after a kill: what was under way in memory is gone.
                        drop(store);
                        store = place.open_with(&keys_while(4, Some(3))).await.unwrap();
                        round = Round::default();
                    }
                }
                everything_opens(&store).await;
            }
            assert_eq!(to_the_end(&store).await.unopened, 0);
            store.forget_seeds_key().await;
            assert_eq!(everything_opens(&store).await, usize::try_from(hired).unwrap());
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sign_ins_and_changes_go_on_while_the_key_is_replaced_again_and_again() {
    let (_place, store) = peopled().await;
    let busy: Vec<_> = (1..=5)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                for _ in 0..20 {
                    let known = store.token(employee(n), Standing::InUse).await.unwrap();
                    assert_eq!(known.unwrap().seed.expose(), SEED);
                    let change = AccountChange::Email(None);
                    assert!(store.change_account(employee(n), &change).await.unwrap());
                }
            })
        })
        .collect();
    for byte in 4..8 {
        store.replace_seeds_key(&key(byte)).await;
        to_the_end(&store).await;
        store.forget_seeds_key().await;
    }
    for task in busy {
        task.await.unwrap();
    }
    assert_eq!(everything_opens(&store).await, 5);
}
