//! The PINs that are tried first: patterns that hold at any length, and a list of the well-known.

/// Well-known ones that no pattern below covers: walks over the keypad, famous numbers, counting in
/// tens and hundreds, and those that lists of leaked six- and eight-digit PINs put first.
const LISTED: [&str; 54] = [
    "147258",
    "258369",
    "258147",
    "369258",
    "147369",
    "369147",
    "147852",
    "258963",
    "741852",
    "852963",
    "963852",
    "852741",
    "159753",
    "159357",
    "357159",
    "753159",
    "951753",
    "753951",
    "789456",
    "456789",
    "456123",
    "789123",
    "123789",
    "321654",
    "654987",
    "987456",
    "147963",
    "159263",
    "258456",
    "142536",
    "102030",
    "112358",
    "314159",
    "271828",
    "141421",
    "161803",
    "010203",
    "520131",
    "521314",
    "201314",
    "131452",
    "123654",
    "456321",
    "789654",
    "987123",
    "100200",
    "200100",
    "123457",
    "112911",
    "192837",
    "14725836",
    "12345679",
    "31415926",
    "147258369",
];

pub(crate) fn contains(pin: &str) -> bool {
    let digits: zeroize::Zeroizing<Vec<u8>> =
        pin.bytes().map(|byte| byte.wrapping_sub(b'0')).collect::<Vec<_>>().into();
    LISTED.contains(&pin)
        || few_digits(&digits)
        || sequence(&digits)
        || repeated(&digits)
        || mirrored(&digits)
        || doubled(&digits)
}

/// Under three different digits: `000000`, `121212`, `747747`.
fn few_digits(digits: &[u8]) -> bool {
    (0..10).filter(|digit| digits.contains(digit)).count() < 3
}

/// Counting up or down by one constant, over nine to nought as well: `123456`, `987654`, `135791`.
fn sequence(digits: &[u8]) -> bool {
    let step = |pair: &[u8]| (pair[1] + 10 - pair[0]) % 10;
    digits.windows(2).all(|pair| step(pair) == step(digits))
}

/// One block over and over: `123123`, `474747`, `12341234`.
fn repeated(digits: &[u8]) -> bool {
    (1..=digits.len() / 2).any(|block| {
        digits.len().is_multiple_of(block) && digits[block..] == digits[..digits.len() - block]
    })
}

/// Forwards and back: `123321`, `12344321`.
fn mirrored(digits: &[u8]) -> bool {
    digits.iter().eq(digits.iter().rev())
}

/// A sequence of doubled or tripled digits: `112233`, `99887766`, `111222333`.
fn doubled(digits: &[u8]) -> bool {
    (2..=3).any(|times| {
        let runs: Vec<u8> = digits.iter().copied().step_by(times).collect();
        digits.len().is_multiple_of(times)
            && digits.chunks(times).all(|run| run.iter().all(|digit| *digit == run[0]))
            && (runs.len() < 3 || sequence(&runs))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pins_that_are_tried_first_are_found() {
        let common = [
            "000000",
            "111111",
            "123456",
            "654321",
            "234567",
            "890123",
            "210987",
            "135791",
            "246802",
            "121212",
            "747747",
            "123123",
            "748748",
            "12341234",
            "123321",
            "12344321",
            "112233",
            "998877",
            "99887766",
            "111222333",
            "147258",
            "102030",
            "314159",
            "0123456789",
            "1234567890",
            "0987654321",
        ];
        for pin in common {
            assert!(contains(pin), "{pin} was let through");
        }
    }

    #[test]
    fn an_ordinary_pin_is_not_on_the_list() {
        for pin in ["839201", "407196", "582943", "70491836", "113825", "900817"] {
            assert!(!contains(pin), "{pin} was refused");
        }
    }

    #[test]
    fn under_one_in_a_hundred_pins_is_refused() {
        let refused = (0..1_000_000).step_by(7).filter(|n| contains(&format!("{n:06}"))).count();
        assert!(refused * 7 < 10_000, "{refused} of a seventh of a million");
    }
}
