//! What a partner's node may say, and what is inside a register's list: signed as the agreement asks, with whatever content.
//!
//! An input is a kind's word and, after a line break, what stands where the message's JSON belongs.
#![no_main]

use std::{fmt::Debug, sync::LazyLock};

use kinfold_domain::RegisterChange;
use kinfold_note::{SigningKey, sign};
use kinfold_service::{
    exchange::{
        AnswerMessage, AskMessage, HistoryAnswer, HistoryMessage, MessageKind, NoticesAnswer,
        NoticesMessage, RegisterMessage, RegisterPage, SealError, WhoAnswer, WhoMessage, open, seal,
    },
    register::RegisterHead,
};
use libfuzzer_sys::fuzz_target;
use serde::{Serialize, de::DeserializeOwned};

static KEY: LazyLock<SigningKey> = LazyLock::new(|| {
    SigningKey::from_seed("council.example/node".parse().unwrap(), &[1; 32]).unwrap()
});

fuzz_target!(|input: &str| {
    let Some((word, json)) = input.split_once('\n') else { return };
    match word {
        "ask" => read::<AskMessage>(MessageKind::Ask, word, json),
        "answer" => read::<AnswerMessage>(MessageKind::Answer, word, json),
        "register" => read::<RegisterMessage>(MessageKind::Register, word, json),
        "register-page" => read::<RegisterPage>(MessageKind::RegisterPage, word, json),
        "register-head" => read::<RegisterHead>(MessageKind::RegisterHead, word, json),
        "notices" => read::<NoticesMessage>(MessageKind::Notices, word, json),
        "notices-answer" => read::<NoticesAnswer>(MessageKind::NoticesAnswer, word, json),
        "who" => read::<WhoMessage>(MessageKind::Who, word, json),
        "who-answer" => read::<WhoAnswer>(MessageKind::WhoAnswer, word, json),
        "history" => read::<HistoryMessage>(MessageKind::History, word, json),
        "history-answer" => read::<HistoryAnswer>(MessageKind::HistoryAnswer, word, json),
        "change" => change(json),
        _ => {
            let read =
                open::<RegisterPage>(MessageKind::RegisterPage, input.as_bytes(), KEY.verifier());
            assert!(read.is_err(), "nobody signed it");
        }
    }
});

/// Signed by the partner, a message is read or refused for its content; what was read says the same when it is written again.
fn read<T: Serialize + DeserializeOwned + PartialEq + Debug>(
    kind: MessageKind,
    word: &str,
    json: &str,
) {
    let Ok(note) = sign(&format!("kinfold/{word}/v1\n{json}\n"), &[&KEY]) else { return };
    let other = if kind == MessageKind::Ask { MessageKind::Who } else { MessageKind::Ask };
    let mistaken = open::<serde_json::Value>(other, note.as_bytes(), KEY.verifier());
    assert_eq!(mistaken.unwrap_err(), SealError::Kind, "one message was taken for another");
    match open::<T>(kind, note.as_bytes(), KEY.verifier()) {
        Err(error) => assert_eq!(error, SealError::Content, "the signature was good"),
        Ok(message) => {
            // What was read may be longer when it is written, and then too long to send: that is refused, too.
            let Ok(again) = seal(kind, &message, &KEY) else { return };
            let again: T = open(kind, again.as_bytes(), KEY.verifier()).expect("it can be read");
            assert_eq!(again, message, "it must survive being written");
        }
    }
}

/// A change in a register's list: its text is a leaf, and what is stored of it must make that leaf again.
fn change(json: &str) {
    if let Ok(change) = serde_json::from_str::<RegisterChange>(json) {
        let leaf = serde_json::to_string(&change).expect("it can be written");
        let again: RegisterChange = serde_json::from_str(&leaf).expect("it can be read");
        assert_eq!(again, change, "it must survive being stored");
        assert_eq!(serde_json::to_string(&again).expect("it can be written"), leaf);
    }
}
