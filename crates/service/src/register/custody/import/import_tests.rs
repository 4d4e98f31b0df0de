use proptest::prelude::*;

use super::{
    parse::{Corrupt, read},
    *,
};

const HEADER: &str = "nhs_number,plan_type,start_date,end_date,given_names,family_name,birth_date";

fn file(rows: &[&str]) -> String {
    format!("{HEADER}\n{}\nEND,{}\n", rows.join("\n"), rows.len())
}

const ROW: &str = "999 000 0018,CPP,2026-05-01,,Iseult,Garrowby,2019-03-02";

#[test]
fn a_file_is_read_whole_or_not_at_all() {
    let whole = file(&[ROW, ROW]);
    assert_eq!(read(&whole).unwrap().len(), 2);
    for cut in 0..whole.len() {
        assert!(read(&whole[..cut]).is_err(), "cut at {cut}");
    }
    assert_eq!(read(&file(&[ROW, "a,b"])).unwrap_err(), Corrupt::Row(3));
    let counts = whole.replace("END,2", "END,3");
    assert_eq!(read(&counts).unwrap_err(), Corrupt::Count { said: 3, found: 2 });
    let lacks = whole.replace("birth_date", "next_review");
    assert_eq!(read(&lacks).unwrap_err(), Corrupt::Lacks("birth_date"));
    let unknown = whole.replace("end_date", "colour");
    assert_eq!(read(&unknown).unwrap_err(), Corrupt::Column(4));
    let twice = whole.replace("end_date", "start_date");
    assert_eq!(read(&twice).unwrap_err(), Corrupt::Column(4));
    assert!(read(&format!("{whole}{ROW}\n")).is_err(), "rows behind the end");
}

#[test]
fn columns_stand_in_any_order_and_quotes_hold_commas() {
    let text = "family_name,given_names,birth_date,plan_type,start_date,nhs_number\r\n\
                \"Garrowby, the younger\",Iseult,02/03/2019,UCPP,1 May 2026,9990000018\r\n\
                END,1\r\n";
    let rows = read(text).unwrap();
    assert_eq!(rows[0].name().unwrap().family(), "Garrowby, the younger");
    assert_eq!(rows[0].start().unwrap(), jiff::civil::date(2026, 5, 1));
    assert_eq!(rows[0].plan().unwrap(), PlanType::Unborn);
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_fall_over(text in any::<String>()) {
        let _ = read(&text);
        let _ = read(&format!("{HEADER}\n{text}\nEND,1\n"));
    }
}
