//! A newborn takes over the mother's unborn plan without a gap.

use jiff::civil::date;
use kinfold_domain::{CheckAnswer, RegisterEntry, RegisterStatus, Standing};
use kinfold_service::{
    ports::RegisterStore,
    register::{Change, ChangeError, CustodyError},
};

use crate::{
    custodian::{desk, feed, keeper, known, of, set},
    *,
};

fn eve() -> Demographics {
    child(20, "Garrowby", "Eve")
}

fn baby() -> Demographics {
    let birth_date = kinfold_domain::BirthDate::new(30, 5, 2026).ok();
    Demographics { birth_date, ..child(21, "Garrowby", "Baby") }
}

/// An unborn plan that is found by the mother.
async fn expecting() -> TwoNodes {
    let nodes = staged().await;
    let unborn = RegisterEntry { status: RegisterStatus::UnbornPlan, ..entry("unb-1", &eve()) };
    set(&nodes, |entries| entries.push(unborn));
    nodes.settle().await;
    nodes
}

/// After each change of the council's list, as the partner takes it over: does the mother, or the child, have a plan?
async fn somebody_always_answers(nodes: &TwoNodes, from: u64) {
    let owner = COUNCIL.parse().unwrap();
    let stored = nodes.council.ground.registers.changes(&owner, from, 100).await.unwrap();
    let mut standing = std::collections::BTreeMap::from([("unb-1".to_owned(), true)]);
    for change in stored {
        let entry = change.change.entry;
        standing.insert(entry.id.to_string(), entry.end.is_none());
        assert!(standing.values().any(|stands| *stands), "a gap after {}", change.sequence);
    }
    for who in [eve(), baby()] {
        let checked = check(&nodes.trust, Subject::from(&who)).await;
        let told = matches!(
            checked.answer,
            CheckAnswer::OnRegister { .. } | CheckAnswer::RecentlyEnded { .. }
        );
        assert!(told, "{:?}", checked.answer);
    }
}

#[tokio::test]
async fn a_newborn_takes_over_the_mothers_plan_without_a_gap_when_the_custodian_records_the_birth()
{
    let nodes = expecting().await;
    let from = nodes.council.register.size_and_root().0;
    let born = of("unb-1", Change::Born(Box::new(baby())));
    let own = desk(&nodes).change(&keeper(), &born).await.unwrap();
    nodes.settle().await;
    somebody_always_answers(&nodes, from).await;
    let mothers = known(&nodes, "unb-1").await;
    assert_eq!(mothers.successor, Some(own.clone()));
    assert_eq!(mothers.standing(date(2026, 6, 1)), Standing::RecentlyEnded(date(2026, 5, 30)));
    assert_eq!(known(&nodes, own.as_str()).await.start, date(2026, 5, 30));
    let again = desk(&nodes).change(&keeper(), &born).await;
    assert!(matches!(again, Err(CustodyError::Change(ChangeError::NotUnborn))));

    // Later the case system does the same, under a reference of its own.
    set(&nodes, |entries| {
        entries[1].end = Some(date(2026, 5, 30));
        entries.push(RegisterEntry { start: date(2026, 5, 30), ..entry("cpp-21", &baby()) });
    });
    nodes.settle().await;
    somebody_always_answers(&nodes, from).await;
    assert_eq!(known(&nodes, own.as_str()).await.successor.unwrap().as_str(), "cpp-21");
}

#[tokio::test]
async fn a_newborn_takes_over_without_a_gap_however_the_case_system_writes_it() {
    for same_reference in [true, false] {
        let nodes = expecting().await;
        let from = nodes.council.register.size_and_root().0;
        let id = if same_reference { "unb-1" } else { "zzz-1" };
        let own = RegisterEntry { start: date(2026, 5, 30), ..entry(id, &baby()) };
        set(&nodes, |entries| {
            if same_reference {
                entries[1] = own;
            } else {
                entries[1].end = Some(date(2026, 5, 30));
                entries.push(own);
            }
        });
        nodes.settle().await;
        somebody_always_answers(&nodes, from).await;
        assert_eq!(feed(&nodes).poll().await.unwrap(), 0, "nothing is left to change");
    }
}
