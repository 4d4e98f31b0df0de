//! Telephone numbers with the day on which somebody last found them right.

use jiff::civil::{Date, date};
use kinfold_domain::{CheckAnswer, Telephone};
use kinfold_service::register::Change;

use crate::{
    custodian::{changes, desk, feed, keeper, known, set},
    *,
};

/// The key worker's number as the trust's nurse sees it.
async fn seen(nodes: &TwoNodes) -> Telephone {
    nodes.settle().await;
    let checked = check(&nodes.trust, ada_by_number()).await;
    let CheckAnswer::OnRegister { hits, .. } = checked.answer else {
        panic!("not on the register")
    };
    hits[0].entry.professionals[0].telephone.clone().unwrap()
}

async fn rings(nodes: &TwoNodes) {
    let entry = "cpp-1".parse().unwrap();
    desk(nodes).rang(&keeper(), &entry, "01632960111").await.unwrap();
}

/// The day on which every story begins.
const TODAY: Date = date(2026, 6, 1);

#[tokio::test]
async fn a_number_that_was_rung_is_confirmed_wherever_it_stands_and_no_reading_takes_that_away() {
    let nodes = staged().await;
    set(&nodes, |entries| entries.push(entry("cpp-2", &child(2, "Mockford", "Ruby"))));
    assert_eq!(seen(&nodes).await.confirmed(), None);
    let before = nodes.council.size();
    rings(&nodes).await;
    let recorded = nodes.council.entries(before);
    let expected = ["register-amended", "register-changed", "register-changed"];
    assert_eq!(kinds(&recorded)[..3], expected);
    let Entry::RegisterAmended(amending) = &recorded[0] else { panic!("not recorded first") };
    assert_eq!(amending.what, "number-confirmed");
    assert_eq!(seen(&nodes).await.confirmed(), Some(TODAY));
    for id in ["cpp-1", "cpp-2"] {
        let number = known(&nodes, id).await.professionals[0].telephone.clone();
        assert_eq!(number.unwrap().confirmed(), Some(TODAY), "{id}");
    }
    let size = nodes.council.register.size_and_root();
    for _ in 0..3 {
        assert_eq!(feed(&nodes).poll().await.unwrap(), 0);
    }
    rings(&nodes).await;
    assert_eq!(nodes.council.register.size_and_root(), size, "once a day is enough");
    let nodes = nodes.restart().await;
    nodes.settle().await;
    assert_eq!(nodes.council.register.size_and_root(), size, "and after a start");
    assert_eq!(seen(&nodes).await.confirmed(), Some(TODAY));
}

#[tokio::test]
async fn another_number_is_not_confirmed_whoever_changes_it() {
    let nodes = staged().await;
    rings(&nodes).await;
    set(&nodes, |entries| {
        entries[0].professionals[0].telephone = Some("01632 960112".parse().unwrap());
    });
    assert_eq!(seen(&nodes).await.confirmed(), None, "the case system has another");
    set(&nodes, |entries| {
        entries[0].professionals[0].telephone = Some("01632 960111".parse().unwrap());
    });
    assert_eq!(seen(&nodes).await.confirmed(), Some(TODAY), "the one that was rung");
    let telephone = "01632 960113".parse().ok();
    let (number, name, birth) = (None, None, None);
    let correct = Change::Correct {
        nhs_number: number,
        name,
        birth_date: birth,
        worker: Some("Another Testperson".to_owned()),
        telephone,
    };
    changes(&nodes, correct).await;
    let now = seen(&nodes).await;
    assert_eq!((now.as_str(), now.confirmed()), ("01632 960113", None));
}

#[tokio::test]
async fn a_worker_corrected_by_hand_does_not_make_the_day_come_and_go() {
    let nodes = staged().await;
    let confirmed: Telephone = "01632 960111".parse().unwrap();
    let confirmed = confirmed.confirmed_on(Some(date(2026, 5, 3)));
    set(&nodes, |entries| entries[0].professionals[0].telephone = Some(confirmed.clone()));
    assert_eq!(seen(&nodes).await, confirmed, "as the case system says");
    let correct = Change::Correct {
        nhs_number: None,
        name: None,
        birth_date: None,
        worker: Some("Another Testperson".to_owned()),
        telephone: None,
    };
    changes(&nodes, correct).await;
    rings(&nodes).await;
    let size = nodes.council.register.size_and_root();
    for _ in 0..3 {
        assert_eq!(feed(&nodes).poll().await.unwrap(), 0);
    }
    assert_eq!(nodes.council.register.size_and_root(), size);
    // The case system follows with the same worker, and says nothing of the day.
    set(&nodes, |entries| {
        entries[0].professionals[0].name = "Another Testperson".into();
        entries[0].professionals[0].telephone = Some("01632 960111".parse().unwrap());
    });
    feed(&nodes).poll().await.unwrap();
    let queue = desk(&nodes).queue(&keeper()).await.unwrap();
    assert!(queue.content().due.is_empty(), "no difference is left");
    assert_eq!(seen(&nodes).await.confirmed(), Some(TODAY));
}

#[tokio::test]
async fn a_file_s_day_counts_for_its_number_and_the_same_file_changes_nothing_more() {
    let nodes = staged().await;
    let header = "nhs_number,plan_type,start_date,given_names,family_name,birth_date,key_worker,\
                  key_worker_team,key_worker_telephone,key_worker_telephone_confirmed";
    let ada = ada();
    let (number, born) = (ada.nhs_number.unwrap().expose(), ada.birth_date.unwrap().expose());
    let row = |day: &str| {
        format!(
            "{header}\n{number},CPP,2025-09-01,Adalind,Featherstonehaugh,{born},Keyworker Testperson,North team,01632 960111,{day}\nEND,1\n"
        )
    };
    let import = async |day: &str| {
        let report = desk(&nodes).import(&keeper(), &row(day)).await.unwrap();
        report.content().rows[0].code.code()
    };
    assert_eq!(import("2026-05-03").await, "CPR06");
    assert_eq!(seen(&nodes).await.confirmed(), Some(date(2026, 5, 3)));
    let size = nodes.council.register.size_and_root();
    assert_eq!(import("2026-05-03").await, "CPR06");
    assert_eq!(nodes.council.register.size_and_root(), size);
    for wrong in ["2026-06-02", "soon"] {
        assert_eq!(import(wrong).await, "CPR07", "{wrong}");
    }
    assert_eq!(seen(&nodes).await.confirmed(), Some(date(2026, 5, 3)));
}
