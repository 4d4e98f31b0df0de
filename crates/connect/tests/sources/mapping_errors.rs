//! A mapping that is wrong is refused with words that name the place.

use kinfold_connect::sql::Mapping;

fn problems(text: &str) -> String {
    Mapping::parse(text, "cases.toml").err().map(|error| error.to_string()).unwrap_or_default()
}

const PEOPLE: &str = "[people]\nquery = 'SELECT * FROM person'\nid = 'ID'\nfamily = 'SURNAME'\n";

#[test]
fn what_is_wrong_is_named_by_file_table_and_field() {
    assert_eq!(problems(PEOPLE), "");
    let with = |more: &str| problems(&format!("{PEOPLE}{more}"));
    let cases = [
        (problems("[people]"), vec!["cases.toml", "query"]),
        (problems("not toml"), vec!["cases.toml"]),
        (problems("[people]\nquery = 'SELECT 1'\nid = 'ID'"), vec!["[people]", "name is missing"]),
        (problems("[people]\nquery = 'SELECT 1'\nfamily = 'S'"), vec!["[people]", "id is missing"]),
        (with("dob = 'DOB'\n"), vec!["[people]", "no field is called dob", "birth_date"]),
        (
            with("birth_date = { column = 'DOB', format = 'DD/MM/YY' }\n"),
            vec!["birth_date", "YYYY"],
        ),
        (with("sex = { column = 'S', codes = { '1' = 'man' } }\n"), vec!["sex", "man", "female"]),
        (with("sex = { column = 'S', codes = 'sexes' }\n"), vec!["[codes.sexes]"]),
        (with("sex = { column = 'S', text = 'female' }\n"), vec!["exactly one of"]),
        (with("sex = { colum = 'S' }\n"), vec!["a field is a column's name"]),
        (with("given = 7\n"), vec!["a field is a column's name"]),
        (
            with("[[facts.visits]]\nquery = 'SELECT 1'\nrecord = 'ID'\n"),
            vec!["facts.visits", "attendances"],
        ),
        (with("[[facts.register]]\nquery = 'SELECT 1'\nrecord = 'ID'\n"), vec!["[register]"]),
        (
            with("[[facts.attendances]]\nquery = 'SELECT 1'\nrecord = 'ID'\n"),
            vec![
                "[[facts.attendances]] number 1",
                "$person",
                "arrived is missing",
                "place is missing",
            ],
        ),
        (
            with("[[facts.existence]]\nquery = 'DELETE FROM x WHERE y = $person'\nrecord = 'ID'\n"),
            vec!["only read"],
        ),
        (
            with(
                "[register_household]\nquery = 'SELECT 1'\nentry = 'E'\nname = 'N'\nrelationship = 'R'\n",
            ),
            vec!["need a [register]"],
        ),
        (with("[extra]\nx = 1\n"), vec!["extra"]),
        (
            format!(
                "{}{}",
                problems("zone = 'Mars'\n[people]\nquery='SELECT 1'\nid='I'\nname='N'"),
                ""
            ),
            vec!["zone"],
        ),
        (problems(&format!("date = 'D/M'\n{PEOPLE}")), vec!["date", "YYYY"]),
    ];
    for (told, words) in cases {
        for word in words {
            assert!(told.contains(word), "{told:?} lacks {word:?}");
        }
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let told = problems("[people]\nquery = 'SELECT 1; SELECT 2'\nage = 'AGE'\n");
    assert_eq!(told.lines().count(), 4, "{told}");
    assert!(told.lines().all(|line| line.starts_with("cases.toml: [people]")));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_mapping_reader_panic(text in ".*", value in "\\PC*") {
        let _ = Mapping::parse(&text, "x");
        let _ = Mapping::parse(&format!("{PEOPLE}given = {value}\nsex = '{value}'\n"), "x");
    }
}
