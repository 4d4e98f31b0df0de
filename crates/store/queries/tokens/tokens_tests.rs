use kinfold_service::ports::StaffStore;
use kinfold_token::{Seed, TokenParameters, TokenState};
use uuid::Uuid;

use super::*;
use crate::testing::{account, at, store, token};

fn fob(number: u128) -> (TokenId, FileToken) {
    let token = FileToken {
        serial: format!("FOB-{number:04}").parse().unwrap(),
        maker: "Synthetic".to_owned(),
        parameters: TokenParameters::default(),
        seed: Seed::new(number.to_be_bytes().to_vec()).unwrap(),
    };
    (TokenId(Uuid::from_u128(number)), token)
}

fn serial(number: u128) -> Serial {
    fob(number).1.serial
}

async fn stocked(store: &Store, numbers: impl IntoIterator<Item = u128>) {
    store.begin_arrivals().await.unwrap();
    let new = store.arrive(numbers.into_iter().map(fob).collect(), at(1)).await.unwrap();
    assert!(new.into_iter().all(|new| new));
    store.keep_arrivals(None).await.unwrap();
}

/// Changes a token as it stands.
async fn change(
    store: &Store,
    number: u128,
    standing: Standing,
    holder: Option<EmployeeId>,
) -> bool {
    let token = store.token_of_serial(&serial(number)).await.unwrap().unwrap();
    let (version, state) = (token.version, token.state);
    let change = TokenChange { token: token.id, version, standing, holder, state, at: at(2) };
    store.change_token(&change).await.unwrap()
}

#[tokio::test]
async fn nobody_sees_a_token_before_all_of_its_file_are_there() {
    let (_place, store) = store().await;
    stocked(&store, 1..=2).await;
    let new = store.arrive(vec![fob(3), fob(2), fob(4), fob(3)], at(1)).await.unwrap();
    assert_eq!(new, [true, false, true, false]);
    assert!(store.token_of_serial(&serial(3)).await.unwrap().is_none());
    assert_eq!(store.token_counts().await.unwrap(), [(Standing::InStock, 2)]);
    assert_eq!(store.free_fobs(None, 9).await.unwrap().len(), 2);
    assert_eq!(store.keep_arrivals(None).await.unwrap(), 2);
    let query = TokenQuery { after: Some(serial(1)), limit: 2, ..TokenQuery::default() };
    let listed = store.tokens(&query).await.unwrap();
    assert_eq!(
        listed.iter().map(|token| &token.serial).collect::<Vec<_>>(),
        [&serial(2), &serial(3)]
    );
}

#[tokio::test]
async fn an_import_that_broke_off_leaves_nothing_behind() {
    let (place, store) = store().await;
    store.arrive((1..=20).map(fob).collect(), at(1)).await.unwrap();
    store.close().await;
    let store = place.open().await;
    store.begin_arrivals().await.unwrap();
    assert_eq!(store.keep_arrivals(None).await.unwrap(), 0);
    stocked(&store, 1..=20).await;
    assert_eq!(store.token_counts().await.unwrap(), [(Standing::InStock, 20)]);
}

#[tokio::test]
async fn a_token_given_away_opens_for_its_new_employee_alone_and_comes_back() {
    let (_place, store) = store().await;
    stocked(&store, 1..=1).await;
    let (nurse, worker) = (account(1, "t.nurse"), account(2, "a.worker"));
    for account in [&nurse, &worker] {
        assert!(store.add_account(account).await.unwrap());
    }
    for holder in [nurse.employee.id, worker.employee.id] {
        assert!(change(&store, 1, Standing::Assigned, Some(holder)).await);
        let held = store.token(holder, Standing::Assigned).await.unwrap().unwrap();
        assert_eq!((held.seed, held.serial), (fob(1).1.seed, serial(1)));
        assert!(store.free_fobs(None, 9).await.unwrap().is_empty(), "somebody's secret may leave");
        assert!(change(&store, 1, Standing::Returned, None).await);
        assert!(store.token(holder, Standing::Assigned).await.unwrap().is_none());
    }
    assert_eq!(store.free_fobs(None, 9).await.unwrap()[0].seed, fob(1).1.seed);
}

#[tokio::test]
async fn whoever_writes_the_file_can_not_give_a_token_to_somebody_else() {
    let (_place, store) = store().await;
    stocked(&store, 1..=1).await;
    let (nurse, thief) = (account(1, "t.nurse"), account(2, "a.thief"));
    for account in [&nurse, &thief] {
        assert!(store.add_account(account).await.unwrap());
    }
    assert!(change(&store, 1, Standing::Assigned, Some(nurse.employee.id)).await);
    let id = thief.employee.id.0.to_string();
    sqlx::query("UPDATE token SET employee_id = $1").bind(id).execute(&store.write).await.unwrap();
    assert!(store.token(thief.employee.id, Standing::Assigned).await.is_err());
}

#[tokio::test]
async fn of_two_changes_at_once_one_counts() {
    let (_place, store) = store().await;
    stocked(&store, 1..=1).await;
    let token = store.token_of_serial(&serial(1)).await.unwrap().unwrap();
    let (version, state) = (token.version, token.state);
    let broken = TokenChange {
        token: token.id,
        version,
        standing: Standing::Broken,
        holder: None,
        state,
        at: at(2),
    };
    assert!(store.change_token(&broken).await.unwrap());
    assert!(!store.change_token(&broken).await.unwrap());
}

#[tokio::test]
async fn a_token_disposed_of_has_no_secret_left() {
    let (_place, store) = store().await;
    stocked(&store, 1..=1).await;
    assert!(change(&store, 1, Standing::Disposed, None).await);
    let seeds: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT seed FROM token").fetch_all(&store.read).await.unwrap();
    assert_eq!(seeds, [Vec::<u8>::new()]);
}

#[tokio::test]
async fn a_code_for_one_shift_ends_with_the_next_token_and_is_not_counted() {
    let (_place, store) = store().await;
    let nurse = account(1, "t.nurse");
    let holder = nurse.employee.id;
    assert!(store.add_account(&nurse).await.unwrap());
    stocked(&store, 1..=1).await;
    let shift = |number| kinfold_service::ports::TokenRow {
        kind: kinfold_token::Kind::Temporary,
        until: Some(at(9)),
        ..token(number, holder, Standing::InUse)
    };
    store.add_token(&shift(21)).await.unwrap();
    let held = store.token(holder, Standing::InUse).await.unwrap().unwrap();
    assert_eq!((held.until, held.kind), (Some(at(9)), kinfold_token::Kind::Temporary));
    assert_eq!(store.token_counts().await.unwrap(), [(Standing::InStock, 1)]);

    assert!(change(&store, 1, Standing::Assigned, Some(holder)).await);
    assert!(store.token(holder, Standing::InUse).await.unwrap().is_some(), "before the first use");
    let given = store.token(holder, Standing::Assigned).await.unwrap().unwrap();
    let burn = crate::testing::burn(&given, given.version, 3);
    assert!(store.activate_token(burn).await.unwrap());
    let used = store.token(holder, Standing::InUse).await.unwrap().unwrap();
    assert_eq!((used.serial, used.until), (serial(1), None));
    assert_ne!(used.state, TokenState::default());

    store.add_token(&shift(22)).await.unwrap();
    store.end_temporary(holder, at(4)).await.unwrap();
    let used = store.token(holder, Standing::InUse).await.unwrap().unwrap();
    assert_eq!(used.serial, serial(1));
}

fn order(reference: &str, ordered: &str) -> TokenOrder {
    TokenOrder {
        reference: reference.to_owned(),
        vendor: "A maker of fobs".to_owned(),
        tokens: 2,
        arrived: 0,
        ordered: ordered.parse().unwrap(),
        expected: Some("2026-04-30".parse().unwrap()),
        closed: None,
    }
}

#[tokio::test]
async fn what_came_is_counted_to_its_order_and_open_orders_are_listed_first() {
    let (_place, store) = store().await;
    for (reference, ordered) in [("A", "2026-01-02"), ("B", "2026-03-04"), ("C", "2026-02-03")] {
        assert!(store.add_order(&order(reference, ordered)).await.unwrap());
    }
    assert!(!store.add_order(&order("A", "2026-09-09")).await.unwrap(), "two of one number");
    store.arrive((1..=2).map(fob).collect(), at(1)).await.unwrap();
    assert_eq!(store.keep_arrivals(Some("B")).await.unwrap(), 2);
    stocked(&store, 3..=4).await;
    store.close_order("C", at(3)).await.unwrap();
    let orders = store.orders().await.unwrap();
    let shown: Vec<_> = orders.iter().map(|o| (o.reference.as_str(), o.arrived)).collect();
    assert_eq!(shown, [("A", 0), ("B", 2), ("C", 0)]);
    assert_eq!(orders[2].closed, Some(at(3)));
    assert!(orders[0].is_open() && !orders[1].is_open() && !orders[2].is_open());
    assert_eq!(orders[0].expected, order("A", "2026-01-02").expected);
}
