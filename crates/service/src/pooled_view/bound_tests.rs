use jiff::{ToSpan, civil::date};
use kinfold_domain::{AsAt, Personal, Source, SummaryItem};

use super::*;
use crate::{exchange::Known, records::SourceOutcome};

fn item(content: fn(SummaryItem) -> FactContent, days: i32, bytes: usize) -> Fact {
    let item = SummaryItem {
        kind: "Condition".to_owned(),
        text: Personal::from("x".repeat(bytes)),
        on: Some(date(2026, 1, 1) + days.days()),
        code: None,
    };
    let (agency, system) = ("northmoor-trust".parse().unwrap(), "hospital".to_owned());
    let source = Source { agency, system, record: format!("item-{days}") };
    Fact { content: content(item), source, as_at: AsAt(jiff::Timestamp::UNIX_EPOCH) }
}

fn told(facts: Vec<Fact>) -> Told {
    let source = SourceOutcome {
        agency: "northmoor-trust".parse().unwrap(),
        system: "hospital".to_owned(),
        facts: u32::try_from(facts.len()).ok(),
        failure: None,
        took_us: None,
        unread: BTreeMap::new(),
    };
    let (granted, withheld) = (BTreeMap::new(), BTreeMap::new());
    Told { known: Known::Yes, facts, granted, withheld, sources: vec![source] }
}

#[test]
fn an_answer_that_fits_is_left_as_it_is() {
    let whole = told((0..10).map(|n| item(FactContent::HealthSummary, n, 100)).collect());
    assert_eq!(bound(whole.clone()), whole);
}

#[test]
fn the_newest_facts_of_the_first_categories_are_kept_and_the_rest_is_counted() {
    let early = (0..300).map(|n| item(FactContent::HealthSummary, n, 4_000));
    let later = (0..2).map(|n| item(FactContent::Sensitive, n, 4_000));
    let cut = bound(told(later.chain(early).collect()));

    assert!(bytes_of(&cut) <= ANSWER_BYTES, "{} bytes", bytes_of(&cut));
    let kept: Vec<_> = cut.facts.iter().map(|fact| (fact.category(), day(fact))).collect();
    assert!(kept.len() > 200, "{} facts", kept.len());
    assert!(kept.iter().all(|(category, _)| *category == Category::HealthSummary));
    let oldest = kept.iter().filter_map(|(_, day)| *day).min().unwrap();
    assert_eq!(oldest, date(2026, 1, 1) + (300 - i32::try_from(kept.len()).unwrap()).days());
    let left = 302 - u32::try_from(kept.len()).unwrap();
    assert_eq!(cut.sources[0].facts, Some(302 - left));
    assert_eq!(cut.withheld[&Category::Sensitive], sentence(2));
    assert_eq!(cut.withheld[&Category::HealthSummary], sentence(left - 2));
}

#[test]
fn one_fact_too_large_for_any_answer_hides_no_other() {
    let giant = item(FactContent::HealthSummary, 9, 2 << 20);
    let cut = bound(told(vec![giant, item(FactContent::HealthSummary, 1, 100)]));
    assert_eq!((cut.facts.len(), bytes_of(&cut) <= ANSWER_BYTES), (1, true));
    assert_eq!(cut.withheld[&Category::HealthSummary], sentence(1));
}
