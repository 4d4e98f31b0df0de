//! Decide, record, gather, release: in this order, or not at all.

use std::sync::{Arc, Mutex};

use kinfold_service::{check::CheckError, pooled_view::ViewError, ports::Route, records::Entry};

use crate::*;

#[tokio::test]
async fn nothing_is_released_when_the_ledger_is_down_and_nobody_is_asked() {
    let nodes = staged().await;
    nodes.trust.break_ledger().await;
    let sent = nodes.trust.ground.link.sent().len();

    let checked = nodes.trust.check.check(&nurse(), check_of(ada_by_number())).await;
    let asking = question(ada_by_number(), UNSCHEDULED);
    let viewed = nodes.trust.pool.view(&nurse(), asking).await;

    assert!(matches!(checked, Err(CheckError::Ledger(_))));
    assert!(matches!(viewed, Err(ViewError::Ledger(_))));
    assert_eq!(nodes.trust.ground.source.asked(), 0, "a source was asked without a record");
    assert_eq!(nodes.trust.ground.link.sent().len(), sent, "the partner was asked");
}

#[tokio::test]
async fn a_partner_whose_ledger_is_down_tells_nothing_and_says_why() {
    let nodes = staged().await;
    nodes.council.break_ledger().await;

    let view = nurse_views(&nodes, ada_by_number()).await;

    let council = part(&view, COUNCIL);
    assert!(reason(council).contains("ledger"), "{}", reason(council));
    assert!(council.facts.is_empty());
    let answered = nodes.trust.ground.link.sent().into_iter().rfind(|(r, ..)| *r == Route::Ask);
    assert_eq!(answered.unwrap().2, "", "something left the council's node");
}

#[tokio::test]
async fn a_ledger_that_fails_after_the_intent_releases_nothing() {
    let nodes = staged().await;
    let media = nodes.trust.ground.media.clone();
    nodes.trust.ground.source.when_asked(move || {
        media.fail_next_sync(std::io::ErrorKind::StorageFull);
    });

    let viewed = nodes.trust.pool.view(&nurse(), question(ada_by_number(), UNSCHEDULED)).await;

    assert!(matches!(viewed, Err(ViewError::Ledger(_))), "shown without a receipt");
    assert_eq!(nodes.trust.ground.source.asked(), 1);
}

#[tokio::test]
async fn the_intent_is_durable_before_any_source_or_partner_is_asked() {
    let nodes = staged().await;
    let before = nodes.trust.size();
    let seen: Arc<Mutex<Vec<(&str, u64)>>> = Arc::default();
    let (journal, note) = (nodes.trust.journal.clone(), Arc::clone(&seen));
    let note_size = move |what| note.lock().unwrap().push((what, journal.ledger().size()));
    let by_source = note_size.clone();
    nodes.trust.ground.source.when_asked(move || by_source("source"));
    nodes.trust.ground.link.when_sent(move |route| {
        if route == Route::Ask {
            note_size("partner");
        }
    });

    nurse_views(&nodes, ada_by_number()).await;

    let mut seen = seen.lock().unwrap().clone();
    seen.sort_unstable();
    assert_eq!(seen, [("partner", before + 1), ("source", before + 1)]);
    let entries = nodes.trust.entries(before);
    assert_eq!(kinds(&entries), ["intent", "receipt"]);
}

#[tokio::test]
async fn a_disclosure_is_durable_at_the_partner_before_it_is_shown_and_both_hold_the_other_s_proof()
{
    let nodes = staged().await;
    let (council, trust) = (nodes.council.size(), nodes.trust.size());

    let view = nurse_views(&nodes, ada_by_number()).await;

    let told = nodes.council.entries(council);
    assert_eq!(kinds(&told), ["disclosure"]);
    let (Entry::Disclosure(told), [Entry::Intent(intent), Entry::Receipt(shown)]) =
        (&told[0], &nodes.trust.entries(trust)[..])
    else {
        panic!("other entries")
    };
    assert_eq!((told.ask, intent.ask, shown.ask), (view.ask, view.ask, view.ask));
    assert_eq!(told.intent.index, trust, "the proof is of another entry");
    assert_eq!(shown.partner_proofs[&nodes.council.ground.agency.id].index, council);
    assert_eq!(told.asker.name, intent.asker.name);
}

#[tokio::test]
async fn a_refusal_is_recorded_with_its_reason() {
    let nodes = staged().await;
    let operator = caller(TRUST, "operator", "operator");
    let before = nodes.trust.size();

    let checked = nodes.trust.check.check(&operator, check_of(ada_by_number())).await;
    let viewed = nodes.trust.pool.view(&operator, question(ada_by_number(), UNSCHEDULED)).await;

    let Err(CheckError::Refused(why)) = checked else { panic!("not refused") };
    assert!(matches!(&viewed, Err(ViewError::Refused(_))));
    let entries = nodes.trust.entries(before);
    let [Entry::Refusal(check), Entry::Refusal(view)] = &entries[..] else { panic!("{entries:?}") };
    assert_eq!(check.reason, why);
    assert!(why.contains("8.2"), "{why}");
    assert_eq!(view.reason, viewed.unwrap_err().to_string());
    assert_eq!(check.agency.as_str(), TRUST);
    assert_eq!(check.asker.as_ref().unwrap().user_name.as_str(), "operator");
}

#[tokio::test]
async fn a_check_without_any_register_says_so_and_is_recorded() {
    let nodes = TwoNodes::start().await;
    let stranger = caller(TRUST, "nurse", "unknown-role");
    let before = nodes.trust.size();
    let checked = nodes.trust.check.check(&stranger, check_of(ada_by_number())).await;
    assert!(matches!(checked, Err(CheckError::Refused(_))));
    assert_eq!(kinds(&nodes.trust.entries(before)), ["refusal"]);
}
