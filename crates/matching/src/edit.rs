//! Typing errors between two spellings.

/// How many letters a spelling may have to be compared letter by letter; longer ones agree or differ as a whole.
const LONGEST: usize = 64;

/// Typing errors between two texts when there are at most `limit` of them: a letter wrong, missing, added, or two neighbours transposed
/// (optimal string alignment).
pub(crate) fn errors_within(a: &str, b: &str, limit: usize) -> Option<usize> {
    if a.is_ascii() && b.is_ascii() {
        return distance(a.as_bytes(), b.as_bytes(), limit);
    }
    // No name of a hundred characters becomes a long allocation: what is too long is refused before it is copied.
    if a.len().max(b.len()) > LONGEST * 4 {
        return None;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    distance(&a, &b, limit)
}

fn distance<T: Copy + PartialEq>(a: &[T], b: &[T], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit || a.len().max(b.len()) > LONGEST {
        return None;
    }
    let width = b.len() + 1;
    let mut before = [0usize; LONGEST + 1];
    let mut above = [0usize; LONGEST + 1];
    let mut row = [0usize; LONGEST + 1];
    for (j, cell) in above[..width].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        row[0] = i;
        let mut least = i;
        for j in 1..width {
            let wrong = usize::from(a[i - 1] != b[j - 1]);
            let mut cell = (above[j - 1] + wrong).min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cell = cell.min(before[j - 2] + 1);
            }
            row[j] = cell;
            least = least.min(cell);
        }
        // A transposition reaches back over one row, so only two bad rows end the search.
        if least > limit + 1 {
            return None;
        }
        (before, above, row) = (above, row, before);
    }
    Some(above[b.len()]).filter(|errors| *errors <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_slip_counts_once() {
        for (a, b, errors) in [
            ("SMITH", "SMITH", 0),
            ("SMITH", "SMIHT", 1),
            ("SMITH", "SMTH", 1),
            ("SMITH", "SMITHH", 1),
            ("SMITH", "SNITH", 1),
            ("SMITH", "SNIHT", 2),
            ("محمد", "محمود", 1),
            ("", "A", 1),
        ] {
            assert_eq!(errors_within(a, b, 2), Some(errors), "{a} {b}");
            assert_eq!(errors_within(b, a, 2), Some(errors), "{b} {a}");
        }
        assert_eq!(errors_within("ADA", "MARY", 2), None);
        assert_eq!(errors_within(&"A".repeat(500), &"A".repeat(500), 2), None);
    }

    proptest::proptest! {
        #[test]
        fn the_distance_is_symmetric(a in ".{0,12}", b in ".{0,12}", limit in 0usize..4) {
            proptest::prop_assert_eq!(errors_within(&a, &b, limit), errors_within(&b, &a, limit));
        }

        #[test]
        fn a_wider_limit_never_changes_a_distance(a in "[ABC]{0,7}", b in "[ABC]{0,7}", limit in 0usize..8) {
            let whole = errors_within(&a, &b, 20);
            proptest::prop_assert_eq!(errors_within(&a, &b, limit), whole.filter(|errors| *errors <= limit));
        }
    }
}
