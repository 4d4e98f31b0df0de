use jiff::civil::date;
use kinfold_domain::AbuseCategory;
use proptest::prelude::*;

use super::*;
use crate::register::FileCode;

const HEADER: &str = "reference,nhs_number,plan_type,start_date,end_date,given_names,family_name,birth_date,category,\
                      key_worker,key_worker_telephone,key_worker_telephone_confirmed,sealed";

fn terms() -> ExtractTerms {
    let ring: kinfold_domain::Telephone = "01632 960001".parse().unwrap();
    ExtractTerms {
        source: "case-system".to_owned(),
        phones: RegisterPhones { office: ring.clone(), emergency_duty_team: ring.clone() },
        sealed_desk: SealedDeskTerms {
            desk: "Safeguarding desk".to_owned(),
            telephone: ring,
            reference_key: [1; 32],
        },
        reference_key: [2; 32],
    }
}

fn read(rows: &[&str]) -> Extract {
    let text = format!("{HEADER}\n{}\nEND,{}\n", rows.join("\n"), rows.len());
    terms().read(&text, "2026-06-01T09:00:00Z".parse().unwrap()).unwrap()
}

const ROW: &str = ",9990000018,CPP,2026-05-01,,Iseult,Garrowby,2019-03-02,EMO,Kay Worker,01632 960011,2026-05-20,";

fn codes(extract: &Extract) -> Vec<&str> {
    extract.report.rows.iter().map(|row| row.code.code()).collect()
}

#[test]
fn a_row_becomes_an_entry_that_the_next_extract_knows_again() {
    let extract = read(&[ROW]);
    let entry = &extract.entries[0];
    assert_eq!((extract.report.file, extract.nameless), (FileCode::Loaded, false));
    assert_eq!((entry.start, entry.category), (date(2026, 5, 1), Some(AbuseCategory::Emotional)));
    let worker = entry.professionals[0].telephone.as_ref().unwrap();
    assert_eq!(worker.confirmed(), Some(date(2026, 5, 20)));
    assert!(entry.sealed.is_none() && extract.rejected.is_empty());
    let renamed = read(&[&ROW.replace("Iseult", "Isolde")]);
    assert_eq!(
        renamed.entries[0].id, entry.id,
        "the number, the plan and its start say which it is"
    );
    assert!(!entry.id.as_str().contains("999"), "a reference says nothing of a child");
    let named = read(&[&format!("CP/12 7{ROW}")]);
    assert_eq!(named.entries[0].id.as_str(), "cp-12-7");
}

#[test]
fn what_can_be_done_without_is_told_and_the_child_is_on_the_register() {
    let without_number = ROW.replace("9990000018", "9990000019");
    let odd = ROW.replace("EMO", "odd").replace("01632 960011", "ring me").replace("Iseult", "Ida");
    let ended =
        ROW.replace("2026-05-01,,", "2026-05-01,2026-04-01,").replace("9990000018", "9990000026");
    let extract = read(&[&without_number, &odd, &ended]);
    assert_eq!(codes(&extract), ["CPR03", "CPR06", "CPR06"]);
    assert_eq!((extract.entries.len(), extract.rejected.len()), (3, 3));
    assert!(extract.rejected.iter().all(|row| row.loaded) && !extract.nameless);
    assert_eq!(extract.entries[0].subject.nhs_number, None, "found by name alone");
    let worker = &extract.entries[1].professionals[0];
    assert!(worker.telephone.is_none(), "the key worker is named all the same");
    assert_eq!(extract.entries[2].end, None, "an end before the start ends nothing");
    let told = &extract.rejected[1].problem;
    assert!(told.contains("line 3") && told.contains("category"), "{told}");
    assert_eq!(extract.report.file, FileCode::PartLoaded);
}

#[test]
fn a_row_that_does_not_say_which_plan_it_is_about_is_work_and_known_to_be_missing() {
    let extract = read(&[&ROW.replace("CPP", "PPC"), &ROW.replace("2026-05-01", "soon")]);
    assert_eq!(codes(&extract), ["CPR07", "CPR07"]);
    assert!(extract.nameless && extract.entries.is_empty());
    assert_eq!(extract.rejected[0].record, "line 2");
    let named = read(&[&format!("cp-1{}", ROW.replace("Iseult,Garrowby", ","))]);
    assert!(!named.nameless, "its reference says which");
    assert_eq!((named.rejected[0].record.as_str(), named.rejected[0].loaded), ("cp-1", false));
}

#[test]
fn the_same_plan_twice_is_one_and_another_child_under_its_number_is_two() {
    let ended = ROW.replace("2026-05-01,,", "2026-05-01,2026-05-30,");
    let extract = read(&[&ended, ROW]);
    assert_eq!(codes(&extract), ["CPR06", "CPR07"]);
    assert_eq!(
        (extract.entries.len(), extract.entries[0].end),
        (1, None),
        "what is in force counts"
    );

    let other = ROW.replace("Iseult,Garrowby,2019-03-02", "Ralph,Nunnington,2017-01-09");
    let extract = read(&[ROW, &other]);
    assert_eq!(extract.entries.len(), 2, "nobody is lost to a mistyped number");
    assert_ne!(extract.entries[0].id, extract.entries[1].id);
    assert!(extract.rejected[0].problem.contains("another child"));
}

#[test]
fn a_child_who_is_sealed_or_may_be_is_sealed() {
    for (sealed, is_sealed) in [("Y", true), ("maybe", true), ("N", false), ("", false)] {
        let extract = read(&[&format!("{ROW}{sealed}")]);
        assert_eq!(extract.entries[0].sealed.is_some(), is_sealed, "{sealed}");
    }
}

proptest! {
    #[test]
    fn every_row_is_an_entry_or_work_and_every_reference_is_one_entrys(
        rows in proptest::collection::vec("(|r1|r2|R 3|[.])(,(9990000018|9990000026|12|)),(CPP|LAC|x),(2026-05-01|2026-04-01|)(,|,2026-05-30),(Ida|Ralph),(Garrowby|),(2019-03-02|x),,,,,(Y|N|)", 0..12),
    ) {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let extract = read(&rows);
        let answered = extract.report.rows.len();
        prop_assert_eq!(answered, rows.len());
        let refused = extract.rejected.iter().filter(|row| !row.loaded).count();
        prop_assert_eq!(extract.entries.len() + refused, rows.len());
        let mut ids: Vec<_> = extract.entries.iter().map(|entry| entry.id.clone()).collect();
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), extract.entries.len());
    }
}
