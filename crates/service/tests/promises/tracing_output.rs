//! The whole story, told to the log at its finest: no personal value is in it.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use kinfold_domain::Subject;
use kinfold_service::{
    audit::WhoQuestion,
    emergency::EmergencyCredentials,
    ports::StaffStore,
    sign_in::{Credentials, StepUp},
};
use kinfold_token::Standing;
use tracing_subscriber::fmt::MakeWriter;

use crate::{
    sign_in::{PIN, account, code, pair, pin, user},
    *,
};

/// Where the nurse works.
const WARD: &str = "10.20.30.41";

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Everything that happens in a department on one day, and what was typed on it.
async fn day() -> Vec<String> {
    let nodes = staged().await;
    let node = &nodes.trust;
    let employee = account(node).await;
    let ticket = node.staff.issue_ticket(&user()).await.unwrap();
    node.staff.begin(None, &user(), pin(PIN), ticket.expose()).await.unwrap();
    let codes = pair(node).await;
    node.staff.finish(None, &user(), ticket.expose(), &codes).await.unwrap();
    nodes.advance(60);
    let shown = code(node, Standing::InUse, 0).await;
    let typed = shown.expose().clone();
    let place = Some(WARD.parse::<std::net::IpAddr>().unwrap().into());
    let credentials = Credentials { pin: pin(PIN), code: shown };
    let secret = node.sign_in.sign_in_from(place, &user(), credentials).await.unwrap();
    let caller = node.sign_in.caller(&secret).await.unwrap();

    check(node, Subject::from(&ada())).await;
    node.pool.view(&caller, question(Subject::from(&ada()), UNSCHEDULED)).await.unwrap();
    let who = WhoQuestion { subject: ada_by_number(), purpose: purpose(REVIEW) };
    node.who.list(&governance(TRUST), who.clone()).await.unwrap();
    nodes.settle().await;
    node.own_looks.list(&caller, 10).await.unwrap();
    // And a bad afternoon.
    let _ = node.who.list(&nurse(), who).await;
    let _ = node.sign_in.sign_in(&user(), pin("111222"), "000000".parse().unwrap()).await;
    nodes.council.ground.clock.advance(120);
    nurse_views(&nodes, Subject::from(&ada())).await;
    node.ground.link.part();
    nurse_views(&nodes, Subject::from(&ada())).await;
    node.ground.people.fault.begin();
    let _ = node.people_feed.poll(&|_| {}).await;
    let emergency = on_paper(&nodes, &caller).await;
    node.break_ledger().await;
    let _ = node.pool.view(&caller, question(Subject::from(&ada()), UNSCHEDULED)).await;

    let token = node.ground.staff.token(employee, Standing::InUse).await.unwrap().unwrap();
    let mut values = vec![
        typed.to_string(),
        token.seed.expose_base32().to_string(),
        secret.expose().to_string(),
        ticket.expose().to_owned(),
        PIN.to_owned(),
        WARD.to_owned(),
    ];
    values.extend(emergency);
    values
}

/// Emergency codes as they are printed and typed: made, used, and used beside a wrong PIN.
async fn on_paper(nodes: &TwoNodes, caller: &Caller) -> Vec<String> {
    let node = &nodes.trust;
    nodes.advance(60);
    let code = code(node, Standing::InUse, 0).await;
    let credentials = Credentials { pin: pin(PIN), code };
    let what = StepUp::MakeEmergencyCodes;
    let stepped_up = node.sign_in.step_up(caller, credentials, what).await.unwrap();
    let sheet = node.emergency.make(caller, stepped_up).await.unwrap();
    for typed in [PIN, "111222"] {
        let credentials = EmergencyCredentials { pin: pin(typed), code: sheet.codes[0].clone() };
        let opened = node.emergency.sign_in(None, &user(), credentials).await;
        assert_eq!(opened.is_ok(), typed == PIN);
    }
    let shown = sheet.codes.iter().map(|code| code.expose().to_string());
    shown.flat_map(|code| [code.replace(' ', ""), code]).collect()
}

#[test]
fn no_personal_value_is_in_the_log_of_a_whole_day() {
    let captured = Captured::default();
    // While there is one subscriber alone, a span first met by another test's thread, which has none, is switched off for all.
    let second = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE);
    let second = tracing::Dispatch::new(second.with_writer(io::sink).finish());
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(captured.clone())
        .finish();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut values = tracing::subscriber::with_default(subscriber, || runtime.block_on(day()));
    drop(second);
    let log = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();

    assert!(log.contains("view") && log.contains("sign_in"), "nothing was logged: {log}");
    let number = nhs_number(1);
    values.extend([number.digits(), number.expose()]);
    values.extend(
        [
            "Featherstonehaugh",
            "Adalind",
            "Quarryside",
            "S61 0AB",
            "S610AB",
            "Asthma",
            "Keyworker",
            "Testperson",
        ]
        .map(str::to_owned),
    );
    values.extend(["2019-03-02", "02/03/2019", "Assessment text"].map(str::to_owned));
    for value in values {
        let found = log.to_lowercase().find(&value.to_lowercase());
        assert!(
            found.is_none(),
            "a personal value is in the log: …{}…",
            &log[found.unwrap()..][..40]
        );
    }
}
