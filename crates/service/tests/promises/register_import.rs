//! Files of register entries.

use jiff::civil::date;
use kinfold_domain::CheckAnswer;
use kinfold_service::register::{Change, CustodyError, FileCode, ImportReport, RowCode};

use crate::{
    custodian::{changes, desk, keeper, known, set},
    *,
};

const HEADER: &str = "nhs_number,plan_type,start_date,end_date,given_names,family_name,birth_date,\
                      category,key_worker,key_worker_telephone";

async fn imports(nodes: &TwoNodes, rows: &[String]) -> ImportReport {
    let text = format!("{HEADER}\n{}\nEND,{}\n", rows.join("\n"), rows.len());
    desk(nodes).import(&keeper(), &text).await.unwrap().content().clone()
}

fn row(who: &Demographics, rest: (&str, &str, &str)) -> String {
    let (plan, start, end) = rest;
    let (number, born) = (who.nhs_number.unwrap().expose(), who.birth_date.unwrap().expose());
    let (given, family) = (who.name.given(), who.name.family());
    format!("{number},{plan},{start},{end},{given},{family},{born},PHY,Ann Worker,01632 960333")
}

fn codes(report: &ImportReport) -> Vec<&'static str> {
    report.rows.iter().map(|row| row.code.code()).collect()
}

#[tokio::test]
async fn a_file_adds_changes_and_ends_entries_once_however_often_it_is_read() {
    let nodes = staged().await;
    let new = child(30, "Garrowby", "Iseult");
    let rows =
        [row(&new, ("CPP", "2026-05-01", "")), row(&ada(), ("CPP", "2025-09-01", "2026-05-30"))];
    let report = imports(&nodes, &rows).await;
    assert_eq!((report.file, codes(&report)), (FileCode::Loaded, vec!["CPR06", "CPR06"]));
    nodes.settle().await;
    let checked = check(&nodes.trust, subject_of(nhs_number(30))).await;
    assert!(matches!(checked.answer, CheckAnswer::OnRegister { .. }));
    assert_eq!(known(&nodes, "cpp-1").await.end, Some(date(2026, 5, 30)));
    let size = nodes.council.register.size_and_root();
    assert_eq!(codes(&imports(&nodes, &rows).await), ["CPR06", "CPR06"]);
    assert_eq!(nodes.council.register.size_and_root(), size, "the same file again changes nothing");
    let ended = [row(&new, ("CPP", "2026-05-01", "2026-05-31"))];
    imports(&nodes, &ended).await;
    nodes.settle().await;
    let checked = check(&nodes.trust, subject_of(nhs_number(30))).await;
    assert!(matches!(checked.answer, CheckAnswer::RecentlyEnded { .. }));
}

#[tokio::test]
async fn each_row_that_is_not_loaded_has_its_code_and_is_work_until_a_file_mends_it() {
    let nodes = staged().await;
    changes(&nodes, Change::Seal).await;
    set(&nodes, |entries| entries.push(entry("cpp-2", &child(2, "Garrowby", "Iseult"))));
    nodes.settle().await;
    let other =
        Demographics { nhs_number: Some(nhs_number(2)), ..child(31, "Ollerenshaw", "Benedikta") };
    let good = child(32, "Garrowby", "Isolde");
    let line = |number: &str| {
        let whole = row(&good, ("CPP", "2026-05-01", ""));
        let (_, rest) = whole.split_once(',').unwrap();
        format!("{number},{rest}")
    };
    let rows = [
        row(&other, ("CPP", "2026-05-01", "")),
        row(&ada(), ("CPP", "2025-09-01", "2026-05-30")),
        line("999 000 0019"),
        line("ABCD 123"),
        line(""),
        row(&good, ("CPP", "2026-05-01", "2020-01-01")),
        row(&good, ("CPP", "2099-05-01", "")),
        row(&good, ("PLAN", "2026-05-01", "")),
        row(&child(2, "Garrowby", "Iseult"), ("CPP", "2026-05-01", "")),
        row(&good, ("LAC", "2026-05-02", "")),
        row(&good, ("LAC", "2026-05-02", "")),
    ];
    let report = imports(&nodes, &rows).await;
    let expected = [
        "CPR01", "CPR02", "CPR03", "CPR04", "CPR03", "CPR07", "CPR07", "CPR07", "CPR07", "CPR06",
        "CPR07",
    ];
    assert_eq!((report.file, codes(&report)), (FileCode::PartLoaded, expected.to_vec()));
    let told = report.rows.iter().filter(|row| row.code != RowCode::Loaded);
    assert!(told.into_iter().all(|row| !row.what_to_do.is_empty()));
    assert!(report.to_csv().starts_with("line,code,meaning,what_to_do\nfile,CPF03,part loaded,"));
    assert!(known(&nodes, "cpp-1").await.end.is_none(), "a file does not touch a sealed child");
    let queue = desk(&nodes).queue(&keeper()).await.unwrap();
    assert!(queue.content().from_file_in_all >= 6);
    let none = imports(&nodes, &[line("999 000 0019")]).await;
    assert_eq!(none.file, FileCode::NoneLoaded);
    imports(&nodes, &[row(&good, ("CPP", "2026-05-01", ""))]).await;
    assert_eq!(desk(&nodes).queue(&keeper()).await.unwrap().content().from_file_in_all, 0);
}

#[tokio::test]
async fn a_number_that_a_custodian_replaced_is_told_as_superseded() {
    let nodes = staged().await;
    let correct = Change::Correct {
        nhs_number: Some(nhs_number(50)),
        name: None,
        birth_date: None,
        worker: None,
        telephone: None,
    };
    changes(&nodes, correct).await;
    let report = imports(&nodes, &[row(&ada(), ("CPP", "2025-09-01", ""))]).await;
    assert_eq!(codes(&report), ["CPR05"]);
}

#[tokio::test]
async fn a_file_that_is_not_whole_changes_nothing_and_only_a_custodian_brings_one() {
    let nodes = staged().await;
    let size = nodes.council.register.size_and_root();
    let new = row(&child(30, "Garrowby", "Iseult"), ("CPP", "2026-05-01", ""));
    let cut = format!("{HEADER}\n{new}\n");
    let report = desk(&nodes).import(&keeper(), &cut).await.unwrap().content().clone();
    assert_eq!((report.file, report.rows.len()), (FileCode::Corrupt, 0));
    assert!(report.problem.unwrap().contains("not whole"));
    assert_eq!(nodes.council.register.size_and_root(), size);
    let refused = desk(&nodes).import(&social_worker(), &cut).await;
    assert!(matches!(refused, Err(CustodyError::Refused(_))));
}
