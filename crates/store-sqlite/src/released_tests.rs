//! Stores as released programs left them, under `released/`, one for each schema: this program must open them all.
//!
//! When a release brings a new migration, write its store down before the next one changes anything:
//! `KINFOLD_UPDATE=1 cargo test -p kinfold-store-sqlite released`.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use kinfold_domain::{AgencyId, AskId, Category, EmployeeId, NhsNumber, Personal, Subject};
use kinfold_service::department::{Attendance, Whereabouts};
use kinfold_service::feeds::{FeedAlarm, FeedId};
use kinfold_service::notifications::{Destination, Event, Notification};
use kinfold_service::ports::{
    AgreementStore, AlarmStore, AmendmentStore, Covered, Cursor, DepartmentStore, LinkStore, Look,
    LookKey, LookKind, Mark, MessageContent, NotificationStore, PasskeyStore, PeopleStore,
    RegisterStore, Rejected, RowToMend, RowsToMend, SheetStore, SourceProgress, StaffStore,
    TokenId, TokenStore, TrailStore,
};
use kinfold_token::{Seed, Standing, TokenParameters};
use kinfold_token_file::FileToken;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};
use uuid::Uuid;

use crate::Store;
use crate::department::tests::{attendance, message, movement};
use crate::engine::MIGRATIONS;
use crate::testing::{
    Place, SEED, account, amendment, at, burn, change, link, passkey, person, session, sheet,
    store, token,
};

fn released() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("released")
}

fn council() -> AgencyId {
    "ashmoor-council".parse().unwrap()
}

fn look() -> Look {
    Look {
        index: 3,
        kind: LookKind::Intent,
        ask: AskId(Uuid::from_u128(5)),
        at: at(3),
        agency: "northmoor-trust".parse().unwrap(),
        employee: Some(EmployeeId(Uuid::from_u128(1))),
        keys: vec![LookKey([4; 32]), LookKey([5; 32])],
    }
}

fn rejected(category: Option<Category>) -> Rejected {
    Rejected { category, record: "17".into(), loaded: false, problem: "no name".into() }
}

fn fob() -> (TokenId, FileToken) {
    let token = FileToken {
        serial: "FOB-1".parse().unwrap(),
        maker: "Synthetic".to_owned(),
        parameters: TokenParameters::default(),
        seed: Seed::new(SEED.to_vec()).unwrap(),
    };
    (TokenId(Uuid::from_u128(31)), token)
}

fn notification() -> Notification {
    let call = (Event::FeedStopped, Uuid::from_u128(6), "raised");
    Notification::new(call, Destination::Webhook("paging".to_owned()), at(4), at(5))
}

fn progress() -> SourceProgress {
    SourceProgress { cursor: Some(Cursor("9".into())), swept: Some(at(1)), answered: Some(at(2)) }
}

/// What every release's store holds.
async fn fill(store: &Store) {
    let people = [person("1", "Smith"), person("2", "Jones")];
    store.save_page("pas", &people, &[], &[rejected(None)], &progress()).await.unwrap();
    let plan = rejected(Some(Category::Register));
    store.note(Covered::Register("pas"), &[plan], at(3)).await.unwrap();
    store.append(&council(), &[change(0, "Smith"), change(1, "Jones")]).await.unwrap();
    store.save_head(&council(), "head").await.unwrap();
    store.amend(&[amendment("cpp-1", true)], &[]).await.unwrap();
    let nurse = account(1, "t.nurse");
    assert!(store.add_account(&nurse).await.unwrap());
    let token = token(11, nurse.employee.id, Standing::InUse);
    store.add_token(&token).await.unwrap();
    let session = session(1, nurse.employee.id);
    assert!(store.open_session(burn(&token, 0, 8), &session).await.unwrap());
    assert!(store.add_passkey(&passkey(12, nurse.employee.id)).await.unwrap());
    assert!(store.add_link(&link(41, nurse.employee.id)).await.unwrap());
    assert!(store.put_sheet(&sheet(42, nurse.employee.id), None).await.unwrap());
    store.index(&[look()], 4).await.unwrap();
    store.set_delivered(&council(), 2).await.unwrap();
    let digest = "ab".repeat(32).parse().unwrap();
    store.save(&digest, "note").await.unwrap();
    assert!(store.activate(&digest).await.unwrap());
    store.save_revocation(&digest, "revocation").await.unwrap();
    store.announce(&[notification()], 6).await.unwrap();
    store.arrive(vec![fob()], at(1)).await.unwrap();
    store.keep_arrivals(None).await.unwrap();
    for kept in [message("1", "aa", movement()), message("2", "bb", broken())] {
        assert!(store.keep(&kept).await.unwrap());
    }
    store.settle(1, &[here()]).await.unwrap();
    assert!(store.keep(&message("3", "cc", movement())).await.unwrap());
    store.put_alarm(&alarm()).await.unwrap();
}

fn broken() -> MessageContent {
    let raw = Personal::new("00".to_owned());
    MessageContent::Broken { problem: "PID is missing".to_owned(), raw }
}

fn here() -> Attendance {
    let subject = Subject { nhs_number: Some(number()), ..Subject::default() };
    Attendance { subject, ..attendance(1, Whereabouts::Present) }
}

fn number() -> NhsNumber {
    "999 000 0018".parse().unwrap()
}

fn alarm() -> FeedAlarm {
    FeedAlarm {
        id: Uuid::from_u128(8),
        feed: FeedId::Source("pas".to_owned()),
        since: at(1),
        raised: at(2),
        told: Vec::new(),
        taken: None,
        over: None,
    }
}

/// Messages and items came with schema 3, when they were heard with schema 8.
async fn assert_department(store: &Store, schema: i64) {
    let waiting = store.waiting(9).await.unwrap();
    let waiting: Vec<_> =
        waiting.iter().map(|w| (w.place, w.message.control_id.as_str())).collect();
    let broken: Vec<u64> =
        DepartmentStore::to_mend(store, 9).await.unwrap().iter().map(|m| m.place).collect();
    let found = store.attendances_of(&[Mark::number(number())], 9).await.unwrap();
    let alarms = store.alarms(at(9)).await.unwrap();
    if schema < 3 {
        assert!(waiting.is_empty() && broken.is_empty() && found.is_empty() && alarms.is_empty());
        return;
    }
    assert_eq!((&waiting[..], &broken[..]), (&[(2, "3")][..], &[1][..]));
    assert_eq!(store.attendances(at(9)).await.unwrap(), [here()]);
    assert_eq!((found, alarms), (vec![here()], vec![alarm()]), "found by number");
    assert!(!store.keep(&message("1", "aa", movement())).await.unwrap(), "known though settled");
    let heard = store.senders_heard().await.unwrap();
    assert_eq!(heard, [("pas".to_owned(), at(2))]);
}

/// Schema 1 kept no rows that today's program could list: a whole reading finds them anew, and its migration asks for one.
async fn assert_filled(store: &Store, schema: i64) {
    for expected in [person("1", "Smith"), person("2", "Jones")] {
        assert_eq!(store.person(&expected.id).await.unwrap(), Some(expected));
    }
    let met = |category, second| {
        let (row, seen) = (rejected(category), at(second));
        let place = u64::from(category.is_some());
        RowToMend { row, first_seen: seen, last_seen: seen, place, closes_by_hand: false }
    };
    let rows = vec![met(Some(Category::Register), 3), met(None, 2)];
    let (to_mend, swept) = if schema == 1 { (vec![], None) } else { (rows, progress().swept) };
    assert_eq!(
        RowsToMend::to_mend(store, "pas", 9).await.unwrap(),
        (to_mend.len() as u64, to_mend)
    );
    let expected = SourceProgress { swept, ..progress() };
    assert_eq!(store.progress("pas").await.unwrap(), expected);
    let changes = store.changes(&council(), 0, 9).await.unwrap();
    assert_eq!(changes, [change(0, "Smith"), change(1, "Jones")]);
    assert_eq!(store.head(&council()).await.unwrap().as_deref(), Some("head"));
    let by_hand = if schema < 4 { vec![] } else { vec![amendment("cpp-1", true)] };
    assert_eq!(store.amendments().await.unwrap(), by_hand);
    let nurse = account(1, "t.nurse");
    let read = store.account(&nurse.employee.user_name).await.unwrap().unwrap();
    assert_eq!((read.employee, read.pin), (nurse.employee.clone(), nurse.pin));
    let stored = token(11, nurse.employee.id, Standing::InUse);
    let read = store.token(nurse.employee.id, Standing::InUse).await.unwrap().unwrap();
    assert_eq!((read.id, &read.seed, read.version), (stored.id, &stored.seed, 1));
    assert_eq!(read.state, burn(&stored, 0, 8).state);
    let links = store.links_of(nurse.employee.id).await.unwrap();
    assert_eq!(links.len(), usize::from(schema >= 11));
    assert!(links.iter().all(|known| known.subject.expose() == "planted-787807429511"));
    let passkeys = store.passkeys_of(nurse.employee.id).await.unwrap();
    assert_eq!(passkeys.len(), usize::from(schema >= 9));
    assert!(passkeys.iter().all(|known| known.name.expose() == "Planted blue key"));
    let kept = store.sheet(nurse.employee.id).await.unwrap().map(|kept| kept.sheet);
    assert_eq!(kept, (schema >= 13).then(|| sheet(42, nurse.employee.id).sheet));
    let open = session(1, nurse.employee.id);
    let read = store.session(open.id).await.unwrap().unwrap();
    assert_eq!((read.proved, read.place), (open.proved, open.place.filter(|_| schema >= 10)));
    assert_eq!(store.by_keys(&look().keys, 9).await.unwrap(), [look()]);
    assert_eq!(store.followed().await.unwrap(), 4);
    assert_eq!(store.delivered(&council()).await.unwrap(), 2);
    assert_eq!(store.active().await.unwrap().as_deref(), Some("note"));
    assert_eq!(store.revocations().await.unwrap(), ["revocation"]);
    let told = if schema < 5 { (None, vec![]) } else { (Some(6), vec![notification()]) };
    assert_eq!(store.announced().await.unwrap(), told.0);
    let fobs = store.free_fobs(None, 9).await.unwrap();
    assert_eq!(fobs.len(), usize::from(schema >= 7));
    assert!(fobs.iter().all(|known| known.seed == fob().1.seed));
    assert_eq!(store.due_notifications(at(9), 9).await.unwrap(), told.1);
    assert_department(store, schema).await;
}

async fn connect(place: &Place) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(place.path()).create_if_missing(true);
    options.connect().await.unwrap()
}

#[tokio::test]
async fn every_released_store_opens_with_all_that_was_in_it() {
    if std::env::var_os("KINFOLD_UPDATE").is_some() {
        write_down().await;
    }
    let mut opened = 0;
    for file in fs::read_dir(released()).unwrap() {
        let path = file.unwrap().path();
        let schema = path.file_stem().unwrap().to_str().unwrap().parse().unwrap();
        let (place, text) = (Place::new().await, fs::read_to_string(path).unwrap());
        let mut database = connect(&place).await;
        sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut database).await.unwrap();
        database.close().await.unwrap();
        // Twice: what a migration brought must open again.
        for _ in 0..2 {
            let store = place.open().await;
            assert_filled(&store, schema).await;
            store.check().await.unwrap();
            store.close().await;
        }
        opened += 1;
    }
    let known = MIGRATIONS.iter().count();
    assert_eq!(opened, known, "write down the store of each schema, see this file's head");
}

#[tokio::test]
async fn a_new_store_takes_all_that_a_released_one_holds() {
    let (_place, store) = store().await;
    fill(&store).await;
    assert_filled(&store, i64::MAX).await;
    store.check().await.unwrap();
}

/// Writes the store of the newest schema into the source tree.
async fn write_down() {
    let (place, store) = store().await;
    fill(&store).await;
    store.close().await;
    let mut database = connect(&place).await;
    let even = "UPDATE _sqlx_migrations SET installed_on = '2026-01-01', execution_time = 0";
    sqlx::query(even).execute(&mut database).await.unwrap();
    let text = dump(&mut database).await;
    let newest = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap();
    fs::write(released().join(format!("{newest:04}.sql")), text).unwrap();
}

/// The database as the statements that make it again, referenced tables before those that refer to them.
async fn dump(database: &mut SqliteConnection) -> String {
    let tables: Vec<(String, String)> = sqlx::query_as(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL
         ORDER BY rowid",
    )
    .fetch_all(&mut *database)
    .await
    .unwrap();
    let mut text = String::from("-- Synthetic data, sealed under the keys of src/testing.rs.\n");
    for (name, sql) in tables {
        writeln!(text, "{sql};").unwrap();
        let columns: Vec<String> =
            sqlx::query_scalar("SELECT 'quote(' || name || ')' FROM pragma_table_info($1)")
                .bind(&name)
                .fetch_all(&mut *database)
                .await
                .unwrap();
        let rows = format!("SELECT {} FROM {name}", columns.join(" || ',' || "));
        let rows: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(rows)).fetch_all(&mut *database).await.unwrap();
        for row in rows {
            writeln!(text, "INSERT INTO {name} VALUES ({row});").unwrap();
        }
    }
    let indexes: Vec<String> = sqlx::query_scalar(
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY rowid",
    )
    .fetch_all(&mut *database)
    .await
    .unwrap();
    for sql in indexes {
        writeln!(text, "{sql};").unwrap();
    }
    text
}
