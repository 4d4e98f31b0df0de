use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn codes(start: u8) -> [EmergencyCode; EmergencySheet::CODES] {
    std::array::from_fn(|n| EmergencyCode::from_random(&[start + u8::try_from(n).unwrap(); 16]))
}

fn sheet() -> EmergencySheet {
    EmergencySheet::new(&codes(1), [9; 16])
}

fn tried(
    sheet: &EmergencySheet,
    code: &EmergencyCode,
    pin: PinVerdict,
    second: i64,
) -> EmergencyOutcome {
    sheet.check(&EmergencyAttempt { code, pin, now: at(second) })
}

fn accepted(sheet: &EmergencySheet, code: &EmergencyCode, second: i64) -> EmergencySheet {
    match tried(sheet, code, PinVerdict::Right, second) {
        EmergencyOutcome::Accepted { sheet } => sheet,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_of_ten_codes_opens_once_in_any_order() {
    let (mut sheet, codes) = (sheet(), codes(1));
    assert_eq!((sheet.left(), sheet.is_short()), (10, false));
    for (used, code) in codes.iter().rev().enumerate() {
        sheet = accepted(&sheet, code, 0);
        assert_eq!(sheet.left(), 9 - used);
    }
    assert!(sheet.is_short());
    for (code, second) in codes.iter().zip((0..).step_by(1_000)) {
        let EmergencyOutcome::Replayed { sheet: after } =
            tried(&sheet, code, PinVerdict::Right, second)
        else {
            panic!("a spent code was not known again");
        };
        sheet = after;
    }
    assert!(sheet.is_locked(), "replays count as misses");
}

#[test]
fn a_spent_code_answers_alike_whatever_the_pin() {
    let sheet = accepted(&sheet(), &codes(1)[3], 0);
    for pin in [PinVerdict::Right, PinVerdict::Wrong, PinVerdict::NotAsked] {
        let outcome = tried(&sheet, &codes(1)[3], pin, 1);
        assert!(matches!(outcome, EmergencyOutcome::Replayed { .. }), "{pin:?}");
    }
}

#[test]
fn a_right_code_without_the_right_pin_opens_nothing_and_is_not_spent() {
    for pin in [PinVerdict::Wrong, PinVerdict::NotAsked] {
        let EmergencyOutcome::Wrong { sheet } = tried(&sheet(), &codes(1)[0], pin, 0) else {
            panic!("{pin:?}");
        };
        assert_eq!(sheet.left(), 10);
        assert_eq!(accepted(&sheet, &codes(1)[0], 1).left(), 9);
    }
}

#[test]
fn wrong_codes_wait_and_lock_as_a_tokens_do_and_a_sign_in_ends_the_row() {
    let (mut sheet, other) = (sheet(), codes(100));
    for miss in 0..10 {
        let second = i64::from(miss) * 1_000;
        let outcome = tried(&sheet, &other[0], PinVerdict::Right, second);
        let EmergencyOutcome::Wrong { sheet: after } = outcome else { panic!("{outcome:?}") };
        sheet = after;
        if (2..9).contains(&miss) {
            let soon = tried(&sheet, &codes(1)[0], PinVerdict::Right, second);
            assert!(matches!(soon, EmergencyOutcome::Wait { .. }), "{soon:?}");
        }
        if miss == 8 {
            let again = accepted(&sheet, &codes(1)[0], second + 500);
            assert_eq!(again.gate(at(second + 500)), Gate::Open);
        }
    }
    assert!(sheet.is_locked());
    assert_eq!(
        tried(&sheet, &codes(1)[0], PinVerdict::Right, i64::from(u32::MAX)),
        EmergencyOutcome::Locked
    );
}

#[test]
fn what_is_kept_holds_no_code_and_differs_from_sheet_to_sheet() {
    let text = serde_json::to_string(&sheet()).unwrap();
    let debug = format!("{:?}", sheet());
    for code in codes(1) {
        let grouped = code.expose();
        let bare = grouped.replace(' ', "");
        assert!(!text.contains(&*grouped) && !text.contains(&bare));
        assert!(!debug.contains(&bare));
    }
    let read: EmergencySheet = serde_json::from_str(&text).unwrap();
    assert_eq!(read, sheet());
    let salted = EmergencySheet::new(&codes(1), [8; 16]);
    assert!(sheet().codes.iter().zip(&salted.codes).all(|(one, two)| one.digest != two.digest));
}

#[test]
fn a_code_of_another_sheet_is_wrong() {
    let other = EmergencySheet::new(&codes(100), [9; 16]);
    let outcome = tried(&other, &codes(1)[0], PinVerdict::Right, 0);
    assert!(matches!(outcome, EmergencyOutcome::Wrong { .. }));
}
