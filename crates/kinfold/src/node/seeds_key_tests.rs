use kinfold_domain::{Employee, EmployeeId};
use kinfold_ledger::{BodyKey, Ledger, LedgerKeys, Options};
use kinfold_service::ports::{AccountRow, Entropy, TokenId, TokenRow};
use kinfold_store_sqlite::Store;
use kinfold_token::{Kind, Seed, Standing, TokenParameters, TokenState};
use uuid::Uuid;

use super::*;
use crate::ambient::{SystemClock, SystemEntropy};

const SEED: &[u8] = b"a planted token seed of 32 bytes";
/// More than one batch holds.
const EMPLOYEES: u128 = 230;

/// A node's folder, and what replaces its key.
struct Opened {
    place: tempfile::TempDir,
    key: SeedsKey,
}

async fn open(place: tempfile::TempDir) -> Opened {
    let folder = KeyFolder::of(place.path());
    folder.make_all("trust").unwrap();
    let keys = LedgerKeys {
        signing: folder.signing("ledger").unwrap(),
        earlier: Vec::new(),
        body: BodyKey::new(*folder.bytes("body").unwrap()),
    };
    let options = Options { segment_bytes: 1 << 20, ..Options::default() };
    std::fs::create_dir_all(place.path().join("ledger")).unwrap();
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let random = Arc::new(move || entropy.bytes32());
    let ledger = Ledger::open(&place.path().join("ledger"), keys, &options, random).unwrap();
    let store = place.path().join("store.sqlite");
    let store = Store::open(&store, &folder.store().unwrap(), Arc::new(SystemEntropy)).await;
    let key = SeedsKey {
        folder,
        store: Arc::new(store.unwrap()),
        journal: Journal::new(Arc::new(ledger)),
        clock: Arc::new(SystemClock),
        state: Mutex::default(),
        begun: Notify::new(),
    };
    Opened { place, key }
}

/// A folder with employees, their PINs and their tokens.
async fn employing() -> Opened {
    let opened = open(tempfile::tempdir().unwrap()).await;
    for n in 1..=EMPLOYEES {
        hire(&*opened.key.store, n).await;
    }
    opened
}

async fn hire(store: &dyn NodeStore, n: u128) {
    let employee = Employee {
        id: EmployeeId(Uuid::from_u128(n)),
        user_name: format!("user.{n}").parse().unwrap(),
        name: "Nurse Testperson".into(),
        job_title: "Sister".to_owned(),
        agency: "trust".parse().unwrap(),
        role: "ed-clinician".parse().unwrap(),
    };
    let pin = "$argon2id$v=19$m=19456,t=2,p=1$u8MhHhkLYNzDvqDkoc3mZw$\
               0fyeIaLPBibYpRcVRaTkfhgeYNnj9O56fFzS4aeMEGQ";
    let (id, pin) = (employee.id, pin.parse().unwrap());
    let (changed, reviewed, email) = (None, None, None);
    let profile = kinfold_token::Profile::default();
    let (given, disabled) = (false, false);
    let (external, withdrawn) = (None, false);
    let account = AccountRow {
        employee,
        pin,
        given,
        disabled,
        profile,
        changed,
        reviewed,
        email,
        external,
        withdrawn,
    };
    assert!(store.add_account(&account).await.unwrap());
    let token = TokenRow {
        id: TokenId(Uuid::from_u128(1000 + n)),
        serial: format!("SOFT-{n:012X}").parse().unwrap(),
        kind: Kind::Soft,
        employee: id,
        parameters: TokenParameters::default(),
        seed: Seed::new(SEED.to_vec()).unwrap(),
        state: TokenState::default(),
        standing: Standing::InUse,
        since: SystemClock.now(),
        until: None,
        version: 0,
    };
    store.add_token(&token).await.unwrap();
}

/// As after a kill: the process's memory is gone, its files stay.
async fn killed(opened: Opened) -> Opened {
    let Opened { place, key } = opened;
    drop(key);
    open(place).await
}

async fn everything_opens(store: &dyn NodeStore, employees: u128) {
    let accounts = store.accounts().await.unwrap();
    assert_eq!(accounts.len() as u128, employees);
    for account in accounts {
        let token = store.token(account.employee.id, Standing::InUse).await.unwrap().unwrap();
        assert_eq!(token.seed.expose(), SEED);
    }
}

async fn to_the_end(key: &SeedsKey) -> Replacing {
    loop {
        let told = key.go_on(false).await.unwrap();
        if !told.goes_on() {
            return told;
        }
    }
}

/// What the ledger says of keys.
fn recorded(opened: &Opened) -> Vec<String> {
    let size = opened.key.journal.ledger().size();
    let entries = (0..size).map(|at| opened.key.journal.read(at).unwrap());
    let of_keys = entries.map(|entry| match entry {
        Some(Entry::Key { what, .. }) => what,
        other => panic!("{other:?}"),
    });
    of_keys.collect()
}

#[tokio::test]
async fn replacing_the_key_seals_everything_anew_and_destroys_the_old_one() {
    let opened = employing().await;
    let old = std::fs::read(opened.place.path().join("keys/seeds.key")).unwrap();
    let begun = opened.key.replace(None).await.unwrap();
    let Replacing::GoesOn { now, before, seen: 0, of, again: false } = begun else {
        panic!("it did not begin");
    };
    assert_eq!(u128::from(of), 2 * EMPLOYEES + 1);
    hire(&*opened.key.store, EMPLOYEES + 1).await;
    let ended = to_the_end(&opened.key).await;
    assert!(matches!(ended, Replacing::Ended { now: n, before: b, sealed }
        if n == now && b == before && u128::from(sealed) == 2 * EMPLOYEES + 3));
    everything_opens(&*opened.key.store, EMPLOYEES + 1).await;
    assert!(matches!(opened.key.go_on(false).await.unwrap(), Replacing::Not));
    assert!(!opened.place.path().join("keys/seeds.key.old").exists());
    assert_ne!(std::fs::read(opened.place.path().join("keys/seeds.key")).unwrap(), old);
    assert_eq!(recorded(&opened), ["replaced", "old-destroyed"]);
    let opened = killed(opened).await;
    everything_opens(&*opened.key.store, EMPLOYEES + 1).await;

    // The old key put back opens nothing.
    std::fs::write(opened.place.path().join("keys/seeds.key"), old).unwrap();
    let folder = KeyFolder::of(opened.place.path());
    let path = opened.place.path().join("store.sqlite");
    let refused = Store::open(&path, &folder.store().unwrap(), Arc::new(SystemEntropy)).await;
    assert!(refused.unwrap_err().to_string().starts_with("the seeds key does not fit"));
}

#[tokio::test]
async fn a_node_killed_at_any_step_starts_opens_everything_and_goes_on() {
    let mut opened = employing().await;
    for step in 0..6 {
        let key = &opened.key;
        if step > 0 {
            key.replace(None).await.unwrap();
        } else {
            // The files were replaced, and nobody knew of it yet.
            key.folder.replace_seeds(&KeyFolder::new_seeds().unwrap(), Lies::File).unwrap();
        }
        match step {
            2 => drop(key.go_on(false).await.unwrap()),
            3 => {
                let mut round = Round::default();
                while !round.is_over() {
                    key.store.seal_anew(&mut round).await.unwrap();
                }
            }
            4 => key.store.write_files_anew().await.unwrap(),
            // Replaced once more by somebody who is impatient: it is the same replacement.
            5 => drop(key.replace(None).await.unwrap()),
            _ => {}
        }
        opened = killed(opened).await;
        everything_opens(&*opened.key.store, EMPLOYEES).await;
        assert!(opened.place.path().join("keys/seeds.key.old").exists());
        assert!(matches!(to_the_end(&opened.key).await, Replacing::Ended { .. }));
        everything_opens(&*opened.key.store, EMPLOYEES).await;
        opened = killed(opened).await;
        everything_opens(&*opened.key.store, EMPLOYEES).await;
        assert!(matches!(opened.key.go_on(false).await.unwrap(), Replacing::Not));
    }
}

#[tokio::test]
async fn a_failure_between_file_and_memory_is_made_good_by_the_next_try() {
    let opened = employing().await;
    opened.key.folder.replace_seeds(&KeyFolder::new_seeds().unwrap(), Lies::File).unwrap();
    hire(&*opened.key.store, EMPLOYEES + 1).await;
    opened.key.replace(None).await.unwrap();
    assert!(matches!(to_the_end(&opened.key).await, Replacing::Ended { .. }));
    everything_opens(&*killed(opened).await.key.store, EMPLOYEES + 1).await;
}
