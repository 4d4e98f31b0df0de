//! What a source can't hand on is told to whoever asked, and becomes work for somebody; it never looks like nothing being there.

use kinfold_domain::{Category, SealedDesk};
use kinfold_service::{
    exchange::{AnswerMessage, ClosedAnswer, Known, MessageKind, open, seal},
    ports::{PeopleStore, Rejected, RowToMend, RowsToMend},
    records::{SourceOutcome, Unread, Unreadable},
    testing::node_key,
};

use crate::*;

const MISSING: Unread = Unread { missing: 1, incomplete: 0 };

fn visit(record: &str) -> Rejected {
    rejected(Some(Category::Attendances), record, "not loaded: arrived is missing")
}

fn unread(nodes: &TwoNodes, agency: &str, rows: Vec<Rejected>) {
    let (node, record) =
        if agency == TRUST { (&nodes.trust, "T1") } else { (&nodes.council, "C1") };
    node.ground.source.unread.lock().insert(record.to_owned(), rows);
}

fn outcome<'a>(view: &'a PooledView, agency: &str, system: &str) -> &'a SourceOutcome {
    part(view, agency).sources.iter().find(|source| source.system == system).unwrap()
}

async fn to_mend(node: &TestNode, source: &str) -> Vec<RowToMend> {
    node.ground.people.to_mend(source, 50).await.unwrap().1
}

#[tokio::test]
async fn records_that_can_not_be_read_are_counted_by_category_beside_the_facts() {
    let nodes = staged().await;
    let partly = Rejected {
        loaded: true,
        ..rejected(Some(Category::HealthSummary), "c", "loaded without on: it is no date")
    };
    let twice = Rejected { problem: "not loaded: place is empty".to_owned(), ..visit("a") };
    unread(&nodes, TRUST, vec![visit("a"), twice, visit("b"), partly]);
    let view = nurse_views(&nodes, ada_by_number()).await;
    let pas = outcome(&view, TRUST, "pas");
    assert_eq!(
        pas.unread,
        Unreadable::from([
            (Category::Attendances, Unread { missing: 2, incomplete: 0 }),
            (Category::HealthSummary, Unread { missing: 0, incomplete: 1 }),
        ])
    );
    assert!(pas.facts.is_some_and(|facts| facts > 0), "the readable facts are shown all the same");
}

#[tokio::test]
async fn the_partner_s_answer_says_what_its_source_could_not_read_and_both_ledgers_do() {
    let nodes = staged().await;
    unread(&nodes, TRUST, vec![visit("a")]);
    let (council, trust) = (nodes.council.size(), nodes.trust.size());
    let view = worker_views(&nodes, ada_by_number()).await;
    let expected = Unreadable::from([(Category::Attendances, MISSING)]);
    assert_eq!(outcome(&view, TRUST, "pas").unread, expected);

    let told = |entries: Vec<Entry>| -> Vec<SourceOutcome> {
        let sources = entries.into_iter().filter_map(|entry| match entry {
            Entry::Receipt(shown) => Some(shown.sources),
            Entry::Disclosure(disclosure) => Some(disclosure.sources),
            _ => None,
        });
        sources.flatten().filter(|source| source.system == "pas").collect()
    };
    for sources in [told(nodes.council.entries(council)), told(nodes.trust.entries(trust))] {
        assert_eq!(sources.len(), 1);
        assert_eq!(sources[0].unread, expected);
    }
}

#[tokio::test]
async fn of_a_category_that_is_not_permitted_not_even_the_number_is_told() {
    let nodes = staged().await;
    let sensitive = rejected(Some(Category::Sensitive), "s", "not loaded: text is empty");
    let summary = rejected(Some(Category::SocialCareSummary), "a", "not loaded: text is empty");
    unread(&nodes, TRUST, vec![sensitive]);
    unread(&nodes, COUNCIL, vec![summary]);
    let view = nurse_views(&nodes, ada_by_number()).await;
    assert_eq!(outcome(&view, TRUST, "pas").unread, Unreadable::new());
    assert_eq!(outcome(&view, COUNCIL, "case-system").unread, Unreadable::new());
    assert_eq!(to_mend(&nodes.trust, "pas").await.len(), 1, "it is work all the same");
}

#[tokio::test]
async fn a_partner_that_counts_more_than_is_permitted_here_is_cut_down() {
    let nodes = staged().await;
    for (known, expected) in [
        (Known::Yes, Unreadable::from([(Category::Register, MISSING)])),
        (Known::No, Unreadable::new()),
    ] {
        nodes.trust.ground.link.alter_answers(move |answer| {
            let key = node_key(COUNCIL);
            let opened = open(MessageKind::Answer, answer.as_bytes(), key.verifier());
            let Ok(mut message): Result<AnswerMessage, _> = opened else { return answer };
            if let ClosedAnswer::Told(told) = &mut message.outcome {
                told.known = known.clone();
                for source in &mut told.sources {
                    source.unread.insert(Category::SocialCareSummary, MISSING);
                    source.unread.insert(Category::Register, MISSING);
                }
            }
            seal(MessageKind::Answer, &message, &key).unwrap()
        });
        let view = nurse_views(&nodes, ada_by_number()).await;
        assert_eq!(outcome(&view, COUNCIL, "case-system").unread, expected);
    }
}

#[tokio::test]
async fn of_a_child_whom_an_agency_sealed_no_numbers_are_shown_either() {
    let nodes = staged().await;
    unread(&nodes, TRUST, vec![visit("a")]);
    let mut sealed = entry("cpp-1", &ada());
    sealed.sealed = Some(SealedDesk {
        desk: "Safeguarding desk".to_owned(),
        telephone: "01632 960003".parse().unwrap(),
        reference: "S-1".to_owned(),
    });
    *nodes.council.ground.source.register.lock() = Some(vec![sealed]);
    nodes.settle().await;
    let view = nurse_views(&nodes, ada_by_number()).await;
    assert!(matches!(part(&view, COUNCIL).state, PartState::Sealed { .. }));
    assert!(part(&view, TRUST).sources.iter().all(|source| source.unread.is_empty()));
}

#[tokio::test]
async fn each_unreadable_record_is_one_line_of_work_until_it_is_readable_again() {
    let nodes = staged().await;
    unread(&nodes, TRUST, vec![visit("a"), visit("b")]);
    nurse_views(&nodes, ada_by_number()).await;
    nodes.advance(60);
    unread(&nodes, TRUST, vec![visit("b")]);
    nurse_views(&nodes, ada_by_number()).await;
    let rows = to_mend(&nodes.trust, "pas").await;
    let [line] = &rows[..] else { panic!("{} lines", rows.len()) };
    assert_eq!((line.row.category, line.row.record.as_str()), (Some(Category::Attendances), "b"));
    assert_eq!(line.first_seen, kinfold_service::testing::start());
    assert!(line.last_seen > line.first_seen);

    let nodes = nodes.restart().await;
    assert_eq!(to_mend(&nodes.trust, "pas").await, rows, "a restart forgot somebody's work");
    unread(&nodes, TRUST, Vec::new());
    nodes.settle().await;
    nurse_views(&nodes, ada_by_number()).await;
    assert_eq!(to_mend(&nodes.trust, "pas").await, []);
}

#[tokio::test]
async fn a_view_comes_with_its_numbers_also_when_the_work_can_not_be_kept() {
    let nodes = staged().await;
    unread(&nodes, TRUST, vec![visit("a")]);
    nodes.trust.ground.people.fault.begin_after(0);
    let view = nurse_views(&nodes, ada_by_number()).await;
    nodes.trust.ground.people.fault.end();
    let expected = Unreadable::from([(Category::Attendances, MISSING)]);
    assert_eq!(outcome(&view, TRUST, "pas").unread, expected);
}

#[tokio::test]
async fn rows_of_the_register_and_of_people_are_work_in_the_same_place() {
    let nodes = staged().await;
    let source = &nodes.council.ground.source;
    let plan = rejected(Some(Category::Register), "cpp-9", "not loaded: start is missing");
    *source.rejected.lock() = vec![plan, rejected(None, "C9", "not loaded: name can't be used")];
    nodes.settle().await;
    let nodes = nodes.restart().await;
    let records = |rows: Vec<RowToMend>| -> Vec<String> {
        let mut records: Vec<_> = rows.into_iter().map(|line| line.row.record).collect();
        records.sort();
        records
    };
    assert_eq!(records(to_mend(&nodes.council, "case-system").await), ["C9", "cpp-9"]);
    nodes.council.ground.source.rejected.lock().clear();
    nodes.advance(60);
    nodes.settle().await;
    assert_eq!(records(to_mend(&nodes.council, "case-system").await), [""; 0]);
}

#[tokio::test]
async fn somebody_whose_row_can_not_be_read_any_more_stays_known() {
    let nodes = staged().await;
    let source = &nodes.trust.ground.source;
    source.people.lock().clear();
    *source.rejected.lock() = vec![rejected(None, "T1", "not loaded: name can't be used")];
    nodes.advance(60);
    nodes.settle().await;
    assert_eq!(nodes.trust.ground.people.count("pas").await.unwrap(), 1);
}
