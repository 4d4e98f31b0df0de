//! How the security module stands, as the page of feeds shows it.

use kinfold_service::feeds::ModuleHealth;

use super::{
    feeds_page::{FeedLine, moment},
    spoken::Spoken,
};

/// The module, and what to do about it.
pub(super) fn line(spoken: &Spoken, known: &ModuleHealth) -> FeedLine {
    let (state, word, problem) = match (known.in_use, known.away) {
        (_, Some(_)) => (
            "warning",
            "Does not answer",
            "People sign in as before, but this node can’t start again without it: mend it before you restart anything.",
        ),
        (false, None) => (
            "warning",
            "Answers, and holds nothing yet",
            "The key of accounts and tokens still lies in a file: run kinfold key move seeds --to pkcs11.",
        ),
        (true, None) => ("good", "Answers", ""),
    };
    let mut rows = vec![("Last answer", moment(spoken, known.answered))];
    if known.away.is_some() {
        rows.push(("Away since", moment(spoken, known.away)));
    }
    FeedLine { name: known.token.clone(), state, word, rows, problem: problem.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_that_is_away_is_told_with_what_must_not_be_done_meanwhile() {
        let spoken = Spoken::at(jiff::Timestamp::UNIX_EPOCH);
        let now = Some(jiff::Timestamp::UNIX_EPOCH);
        let of = |in_use, away| ModuleHealth {
            token: "kinfold".to_owned(),
            in_use,
            answered: now,
            away,
        };
        let table = [
            (of(true, None), "good", ""),
            (of(true, now), "warning", "can’t start again"),
            (of(false, now), "warning", "can’t start again"),
            (of(false, None), "warning", "kinfold key move seeds"),
        ];
        for (known, state, problem) in table {
            let line = line(&spoken, &known);
            assert_eq!(line.state, state);
            assert!(line.problem.contains(problem), "{}", line.problem);
        }
    }
}
