//! What a source holds and could not hand on, in words: it must not look as if nothing were there.

use kinfold_domain::Category;
use kinfold_service::records::{Unread, Unreadable};

/// A sentence for each category; `None` where everything could be read.
pub(super) fn words(unread: &Unreadable) -> Option<String> {
    let sentences: Vec<String> =
        unread.iter().map(|(category, unread)| of_category(*category, *unread)).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

fn of_category(category: Category, unread: Unread) -> String {
    let counts =
        [(unread.missing, "could not be read"), (unread.incomplete, "could be read only in part")];
    let said: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| match count {
            1 => format!("1 record {what}"),
            _ => format!("{count} records {what}"),
        })
        .collect();
    format!("{}: {}.", category.heading(), said.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_read_is_counted_in_words_by_category() {
        let unread = Unreadable::from([
            (Category::Attendances, Unread { missing: 2, incomplete: 1 }),
            (Category::HealthSummary, Unread { missing: 0, incomplete: 1 }),
        ]);
        assert_eq!(
            words(&unread).as_deref(),
            Some(
                "Attendances: 2 records could not be read, 1 record could be read only in part. \
                 Health summary: 1 record could be read only in part."
            )
        );
        assert_eq!(words(&Unreadable::new()), None);
    }
}
