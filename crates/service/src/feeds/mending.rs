//! Rows to mend as operators may see them.

use kinfold_domain::NhsNumber;

use crate::ports::{MessageToMend, RowToMend};

/// What stands in place of an identifier that is an NHS number: some sources use it as their own.
const NOT_SHOWN: &str = "not shown: the source's identifier is an NHS number";

/// An operator mends rows and may not read whose they are.
pub(super) fn for_operators(mut to_mend: RowToMend) -> RowToMend {
    if holds_nhs_number(&to_mend.row.record) {
        NOT_SHOWN.clone_into(&mut to_mend.row.record);
    }
    to_mend
}

/// The same of a message: a sender may make its identifiers of numbers that are somebody's.
pub(super) fn message_for_operators(mut message: MessageToMend) -> MessageToMend {
    if holds_nhs_number(&message.control_id) {
        NOT_SHOWN.clone_into(&mut message.control_id);
    }
    message
}

/// Whether ten digits in a row, also when they are grouped, are an NHS number.
fn holds_nhs_number(record: &str) -> bool {
    let grouped = record.replace([' ', '-'], "");
    [record, &grouped].into_iter().any(|text| {
        let mut runs = text.split(|c: char| !c.is_ascii_digit());
        runs.any(|run| run.len() == 10 && run.parse::<NhsNumber>().is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::holds_nhs_number;

    #[test]
    fn an_identifier_that_is_an_nhs_number_is_known_however_it_is_written() {
        for record in ["9990000018", "999 000 0018", "Patient/9990000018", "P-999-000-0018"] {
            assert!(holds_nhs_number(record), "one of the ways to write it");
        }
        for record in ["HOSP-4711", "9990000019", "99900000180", "Patient/8f14e45f", "", "[people]"]
        {
            assert!(!holds_nhs_number(record), "{record}");
        }
    }
}
