//! Who looked, as a file: a line for each ledger's side of each look, and before them what was asked and how each ledger answered, so
//! that the file says by itself whether it is complete.

use super::who_page::{LookLine, WhoPage};

const HEADINGS: [&str; 13] = [
    "line",
    "reference",
    "at",
    "what",
    "purpose",
    "name",
    "job_title",
    "agency",
    "ledgers_agree",
    "ledger",
    "entry",
    "entry_at",
    "outcome",
];

/// The file.
pub(super) fn csv(page: &WhoPage) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADINGS)?;
    let asked = page.asked.iter().map(|(label, text)| format!("{label}: {text}"));
    let asked: Vec<String> = asked.collect();
    let about = asked.join("; ");
    write(
        &mut writer,
        ["asked", &page.ask, &page.answered.iso, "", "", "", "", "", "", "", "", "", &about],
    )?;
    for ledger in &page.ledgers {
        let given = match ledger.lines {
            Some(lines) => format!("{lines} entries"),
            None => format!("Could not be asked. {}", ledger.failure),
        };
        let missing = match &*ledger.missing {
            "" => String::new(),
            why => format!(". This list is not complete. {why}"),
        };
        let told = given + &missing;
        write(
            &mut writer,
            ["ledger", "", "", "", "", "", "", "", "", &ledger.name, "", "", &told],
        )?;
    }
    for look in &page.looks {
        write_look(&mut writer, look)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn write_look(writer: &mut csv::Writer<Vec<u8>>, look: &LookLine) -> Result<(), csv::Error> {
    for side in &look.sides {
        let entry = side.index.to_string();
        let reason = side.reason.as_ref().map(|reason| format!(". Reason: {reason}"));
        let outcome = format!("{}{}", side.outcome, reason.unwrap_or_default());
        let what = format!("{}: {}", look.kind, side.entry);
        let line = [
            "look",
            &look.ask,
            &look.at.iso,
            &what,
            &look.purpose,
            &look.who,
            &look.job_title,
            &look.agency,
            &look.agree_words,
            &side.ledger,
            &entry,
            &side.at.iso,
            &outcome,
        ];
        write(writer, line)?;
    }
    Ok(())
}

/// What begins like a formula is text to a spreadsheet, too.
fn write(writer: &mut csv::Writer<Vec<u8>>, line: [&str; 13]) -> Result<(), csv::Error> {
    let text = |cell: &str| {
        let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
        if formula { format!("'{cell}") } else { cell.to_owned() }
    };
    writer.write_record(line.map(text))
}
