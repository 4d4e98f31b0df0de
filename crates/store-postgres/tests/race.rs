//! Two processes, each with a ledger of its own, over one database: a code opens one session.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may stop where it stands, and its processes tell each other how it went"
)]

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use futures::future::join_all;
use jiff::Timestamp;
use kinfold_domain::{Employee, EmployeeId};
use kinfold_ledger::{Ledger, Options, testing::counting_entropy};
use kinfold_service::own_clock::OwnClock;
use kinfold_service::ports::{AccountRow, StaffStore, TokenId, TokenRow};
use kinfold_service::sign_in::{SessionLimits, SignIn, SignInError};
use kinfold_service::testing::{CountingEntropy, ManualClock, ledger_keys};
use kinfold_service::{Journal, ports::Entropy};
use kinfold_store::StoreKeys;
use kinfold_store_postgres::{Server, ServerTls, Store};
use kinfold_temporary_postgres::TemporaryPostgres;
use kinfold_token::{
    Generator, Kind, Pin, PinHash, Profile, Seed, Standing, TokenParameters, TokenState,
};
use secrecy::SecretBox;
use uuid::Uuid;

/// What tells a process of this test that it is one of the two: the server, and the database in it.
const RACER: &str = "KINFOLD_TEST_RACER";
const EMPLOYEES: u128 = 12;
const PIN: &str = "483906";

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn seed(n: u128) -> Seed {
    Seed::new(vec![u8::try_from(n).unwrap(); 32]).unwrap()
}

async fn opened(host: &str, port: u16, database: &str) -> Store {
    let server = Server {
        host: host.to_owned(),
        port,
        database: database.to_owned(),
        user: "postgres".to_owned(),
        password_file: None,
        tls: ServerTls::Off,
        ca_file: None,
    };
    let key = |byte| SecretBox::new(Box::new([byte; 32]));
    let keys = StoreKeys { people: key(1), register: key(2), seeds: key(3), seeds_before: None };
    Store::open(&server, &keys, entropy()).await.unwrap()
}

fn entropy() -> Arc<dyn Entropy> {
    Arc::new(CountingEntropy::new(u64::from(std::process::id())))
}

async fn hire(store: &Store, n: u128) {
    let employee = Employee {
        id: EmployeeId(Uuid::from_u128(n)),
        user_name: format!("user.{n}").parse().unwrap(),
        name: "Nurse Testperson".into(),
        job_title: "Sister".to_owned(),
        agency: "trust".parse().unwrap(),
        role: "ed-clinician".parse().unwrap(),
    };
    let (id, chosen) = (employee.id, PIN.parse::<Pin>().unwrap().choose().unwrap());
    let account = AccountRow {
        employee,
        pin: PinHash::hash(&chosen, [7; 16]).unwrap(),
        given: false,
        disabled: false,
        profile: Profile::default(),
        changed: None,
        reviewed: None,
        email: None,
        external: None,
        withdrawn: false,
    };
    assert!(store.add_account(&account).await.unwrap());
    let token = TokenRow {
        id: TokenId(Uuid::from_u128(1000 + n)),
        serial: format!("SOFT-{n:012X}").parse().unwrap(),
        kind: Kind::Soft,
        employee: id,
        parameters: TokenParameters::default(),
        seed: seed(n),
        state: TokenState::default(),
        standing: Standing::InUse,
        since: now(),
        until: None,
        version: 0,
    };
    store.add_token(&token).await.unwrap();
}

/// One of the two: signs everybody in with the code of this moment as soon as it is told to, and says of each whether it could.
async fn run(told: &str) {
    let [host, port, database]: [&str; 3] =
        told.split(' ').collect::<Vec<_>>().try_into().expect("three words");
    let store = opened(host, port.parse().unwrap(), database).await;
    let folder = tempfile::tempdir().unwrap();
    let options = Options { segment_bytes: 1 << 20, ..Options::default() };
    let random = counting_entropy(u64::from(std::process::id()));
    let ledger = Ledger::open(folder.path(), ledger_keys("trust"), &options, random).unwrap();
    let clock = Arc::new(ManualClock::new(now()));
    let own_clock = OwnClock::new(Arc::clone(&clock) as _, clock, &[]);
    let sign_in = SignIn::new(
        Arc::new(store),
        Journal::new(Arc::new(ledger)),
        Arc::new(own_clock),
        entropy(),
        SessionLimits::default(),
    );
    println!("ready");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    let tries = (1..=EMPLOYEES).map(async |n| {
        let user = format!("user.{n}").parse().unwrap();
        let code = Generator::new(&seed(n), TokenParameters::default()).code_at(now());
        match sign_in.sign_in(&user, PIN.parse().unwrap(), code).await {
            Ok(_) => '1',
            Err(SignInError::Refused) => '0',
            Err(error) => panic!("{error}"),
        }
    });
    println!("{}", join_all(tries).await.into_iter().collect::<String>());
}

fn racer(told: &str) -> (Child, BufReader<ChildStdout>) {
    let this = std::env::current_exe().unwrap();
    let mut child = Command::new(this)
        .args(["--exact", "a_code_opens_one_session_whichever_process_it_reaches", "--nocapture"])
        .env(RACER, told)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut says = BufReader::new(child.stdout.take().unwrap());
    assert_eq!(line(&mut says, "ready"), "ready");
    (child, says)
}

/// The next line that ends so; the test's own harness speaks too.
fn line(says: &mut BufReader<ChildStdout>, ending: &str) -> String {
    loop {
        let mut line = String::new();
        assert_ne!(says.read_line(&mut line).unwrap(), 0, "it ended");
        if line.trim().ends_with(ending) {
            return ending.to_owned();
        }
        let outcome = line.trim();
        if !outcome.is_empty() && outcome.chars().all(|each| matches!(each, '0' | '1')) {
            return outcome.to_owned();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_code_opens_one_session_whichever_process_it_reaches() {
    if let Ok(told) = std::env::var(RACER) {
        return run(&told).await;
    }
    let postgres = TemporaryPostgres::shared().unwrap();
    let database = format!("race_{}", std::process::id());
    postgres.sql("postgres", &format!("CREATE DATABASE {database} TEMPLATE template0"));
    let store = opened(&postgres.socket(), postgres.port, &database).await;
    for n in 1..=EMPLOYEES {
        hire(&store, n).await;
    }

    let told = format!("{} {} {database}", postgres.socket(), postgres.port);
    let mut racers = [racer(&told), racer(&told)];
    for (child, _) in &mut racers {
        child.stdin.take().unwrap().write_all(b"go\n").unwrap();
    }
    let [one, other] = racers.each_mut().map(|(_, says)| line(says, "never"));
    for (child, _) in &mut racers {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!((one.len(), other.len()), (12, 12));
    for (one, other) in one.chars().zip(other.chars()) {
        assert_ne!(one, other, "each code was accepted by one of the two, and by one only");
    }
    assert_eq!(store.sessions().await.unwrap().len(), 12);
}
