//! Words that stand where a name is not known yet: missing values, never names.

/// What folded given names say once placeholders are taken out.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Reading<'a> {
    /// The given names that remain.
    pub(crate) names: &'a str,
    /// Not born when this was written.
    pub(crate) unborn: bool,
    /// "Baby of Jones" names the mother.
    pub(crate) mother: Option<&'a str>,
}

/// Whether a folded name says that the name isn't known.
pub(crate) fn is_unknown(name: &str) -> bool {
    matches!(
        name,
        "UNKNOWN"
            | "NOT KNOWN"
            | "NOT GIVEN"
            | "NOT STATED"
            | "NK"
            | "NONE"
            | "UNBORN"
            | "BABY"
            | "INFANT"
            | "TBC"
            | "NO NAME"
            | "NO SURNAME"
            | "XX"
            | "XXX"
    )
}

const PLACEHOLDERS: [&str; 6] = ["BABY", "INFANT", "UNBORN", "NEWBORN", "FETUS", "FOETUS"];
const COMPANIONS: [&str; 15] = [
    "BOY", "GIRL", "MALE", "FEMALE", "CHILD", "TWIN", "ONE", "TWO", "THREE", "A", "B", "I", "II",
    "1", "2",
];

/// Reads "Baby", "Baby Girl", "Unborn Baby", "Baby of Jones", "Twin 2" as what they are: no name yet.
pub(crate) fn read_given(given: &str) -> Reading<'_> {
    if is_unknown(given) {
        return Reading { unborn: given == "UNBORN", ..Reading::default() };
    }
    let is_placeholder = |word: &str| PLACEHOLDERS.contains(&word);
    let starts_twin = given.starts_with("TWIN ") || given == "TWIN";
    let first = given.split(' ').next().unwrap_or_default();
    if !is_placeholder(first) && !starts_twin {
        return Reading { names: given, ..Reading::default() };
    }
    let unborn = given.split(' ').any(|word| matches!(word, "UNBORN" | "FETUS" | "FOETUS"));
    let mut rest = given;
    while !rest.is_empty() {
        let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
        if matches!(word, "OF" | "TO") && !after.is_empty() {
            return Reading { names: "", unborn, mother: Some(after) };
        }
        if !is_placeholder(word) && !COMPANIONS.contains(&word) {
            break;
        }
        rest = after;
    }
    Reading { names: rest, unborn, mother: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_missing_names() {
        for (given, names, unborn, mother) in [
            ("ADA MARY", "ADA MARY", false, None),
            ("BABY", "", false, None),
            ("BABY GIRL", "", false, None),
            ("INFANT", "", false, None),
            ("UNBORN", "", true, None),
            ("UNBORN BABY", "", true, None),
            ("BABY OF JONES SMITH", "", false, Some("JONES SMITH")),
            ("BABY BOY OF JONES", "", false, Some("JONES")),
            ("TWIN 2", "", false, None),
            ("TWIN A", "", false, None),
            ("BABY ROSE", "ROSE", false, None),
            ("BABYLON", "BABYLON", false, None),
            ("UNKNOWN", "", false, None),
            ("", "", false, None),
            ("BABY OF", "OF", false, None),
        ] {
            assert_eq!(read_given(given), Reading { names, unborn, mother }, "{given}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_reading_panic(text in "(BABY |TWIN |OF |UNBORN |\\PC){0,6}") {
            let _ = read_given(&text);
        }
    }
}
