//! The examples of the RFCs, and what must hold of every packet.

use proptest::prelude::*;

use crate::{
    Code, Kind, MAX_LENGTH, Malformed, NotAuthentic, Packet, Reply, Secret,
    authenticator::response,
    testing::{Ask, judge_reply},
};

/// The secret of the examples.
fn example() -> Secret {
    Secret::new(*b"xyzzy5461")
}

fn octets(text: &str) -> Vec<u8> {
    hex::decode(text.replace(' ', "")).unwrap()
}

/// RFC 2865 section 7.1: user "nemo" telnets to the server.
const NEMO: &str = "01 00 00 38 0f403f9473978057bd83d5cb98f4227a 01 06 6e656d6f \
                    02 12 0dbe708d93d413ce3196e43f782a0aee 04 06 c0a80110 05 06 00000003";

#[test]
fn the_request_of_rfc_2865_section_7_1_is_read() {
    let packet = Packet::parse(&octets(NEMO)).unwrap();
    assert_eq!((packet.code(), packet.identifier()), (Code::AccessRequest, 0));
    assert_eq!(packet.first(Kind::USER_NAME), Some(&b"nemo"[..]));
    assert_eq!(*packet.password(&example()).unwrap(), *b"arctangent");
    assert_eq!(packet.first(Kind(4)), Some(&[192, 168, 1, 16][..]));
    assert_eq!(packet.authenticate(&example()), Err(NotAuthentic::Missing));
    let hidden = Ask::access(0, packet.authenticator(), "nemo").password(b"arctangent", &example());
    assert_eq!(hidden.bare()[20..], octets(NEMO)[20..44]);
}

#[test]
fn the_response_authenticators_of_rfc_2865_and_rfc_5997_are_ours() {
    let asked = Packet::parse(&octets(NEMO)).unwrap().authenticator();
    let accept = octets(
        "02 00 00 26 86fe220e7624ba2a1005f6bf9b55e0b2 06 06 00000001 0f 06 00000000 0e 06 c0a80103",
    );
    assert_eq!(response(&accept, asked, &example())[..], accept[4..20]);

    let status = octets(STATUS);
    let alive = octets("02 da 00 14 ef0d552a4bf2d693ec2b6fe8b5411d66");
    let asked = Packet::parse(&status).unwrap().authenticator();
    assert_eq!(response(&alive, asked, &example())[..], alive[4..20]);
}

/// RFC 5997 section 6.1.
const STATUS: &str =
    "0c da 00 26 8a54f4686fb394c52866e302185d0623 50 12 5a665e2e1e8411f3e243822097c84fa3";

#[test]
fn the_status_server_of_rfc_5997_section_6_1_is_authentic() {
    let packet = Packet::parse(&octets(STATUS)).unwrap();
    assert_eq!(packet.code(), Code::StatusServer);
    assert_eq!(packet.authenticate(&example()), Ok(()));
    assert_eq!(packet.authenticate(&Secret::radsec()), Err(NotAuthentic::Wrong));
}

#[test]
fn lengths_that_do_not_agree_are_no_packet() {
    let whole = octets(NEMO);
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut octets = whole.clone();
        change(&mut octets);
        Packet::parse(&octets).err()
    };
    assert_eq!(with(&|octets| octets.truncate(3)), Some(Malformed::Cut));
    assert_eq!(with(&|octets| octets.truncate(55)), Some(Malformed::Cut));
    assert_eq!(with(&|octets| octets[3] = 19), Some(Malformed::Length));
    assert_eq!(with(&|octets| octets[2] = 0x10), Some(Malformed::Length));
    for length in [0, 1, 0xff] {
        assert_eq!(with(&|octets| octets[21] = length), Some(Malformed::Attribute), "{length}");
    }
    assert_eq!(with(&|octets| octets[3] = 21), Some(Malformed::Attribute));
    assert_eq!(with(&|octets| octets.extend([0; 9])), None, "padding is none of it");
}

#[test]
fn a_second_message_authenticator_or_password_is_not_believed() {
    let secret = example();
    let asked = [7; 16];
    let once = Ask::access(1, asked, "nemo").password(b"arctangent", &secret);
    let twice = once.clone().with(Kind::MESSAGE_AUTHENTICATOR, &[0; 16]).signed(&secret);
    let packet = Packet::parse(&twice).unwrap();
    assert_eq!(packet.authenticate(&secret), Err(NotAuthentic::Wrong));
    let short = once.clone().with(Kind::MESSAGE_AUTHENTICATOR, &[0; 4]).bare();
    let packet = Packet::parse(&short).unwrap();
    assert_eq!(packet.authenticate(&secret), Err(NotAuthentic::Wrong));
    let two = once.password(b"another", &secret).signed(&secret);
    assert!(Packet::parse(&two).unwrap().password(&secret).is_none());
}

#[test]
fn a_secret_and_a_password_are_not_printed() {
    assert_eq!(format!("{:?}", Secret::new(*b"plain-to-see")), "Secret(redacted)");
}

#[test]
fn a_reply_that_has_no_room_is_none() {
    let mut ask = Ask::access(1, [7; 16], "nemo");
    for _ in 0..15 {
        ask = ask.with(Kind::PROXY_STATE, &[1; 253]);
    }
    let request = Packet::parse(&ask.signed(&example())).unwrap();
    let reply = Reply::new(Code::AccessReject);
    assert!(reply.answer(&request, &example()).is_ok());
    let long = reply.message(&"x".repeat(250));
    assert!(long.answer(&request, &example()).is_err());
}

proptest! {
    #[test]
    fn what_was_typed_is_read_and_nothing_altered_is_believed(
        typed in prop::collection::vec(1u8.., 0..=128),
        (secret, asked) in (prop::collection::vec(any::<u8>(), 1..80), any::<[u8; 16]>()),
        (place, bit) in (any::<prop::sample::Index>(), 0u8..8),
    ) {
        let secret = Secret::new(secret);
        let octets = Ask::access(9, asked, "nemo").password(&typed, &secret).signed(&secret);
        let packet = Packet::parse(&octets).unwrap();
        prop_assert_eq!(packet.authenticate(&secret), Ok(()));
        prop_assert_eq!(&*packet.password(&secret).unwrap(), &typed);

        let mut altered = octets;
        let place = place.index(altered.len());
        altered[place] ^= 1 << bit;
        if let Ok(packet) = Packet::parse(&altered) {
            prop_assert!(packet.authenticate(&secret).is_err());
        }
    }

    #[test]
    fn a_reply_is_believed_by_whoever_asked_and_hands_proxies_their_marks_back(
        marks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..6),
        words in "[ -~]{0,600}",
        (asked, state) in any::<([u8; 16], [u8; 16])>(),
    ) {
        let secret = example();
        let mut ask = Ask::access(3, asked, "nemo");
        for mark in &marks {
            ask = ask.with(Kind::PROXY_STATE, mark).with(Kind(32), b"vpn-1");
        }
        let request = Packet::parse(&ask.signed(&secret)).unwrap();
        let reply = Reply::new(Code::AccessChallenge).message(&words).state(&state);
        let octets = reply.answer(&request, &secret).unwrap();
        let read = judge_reply(&octets, asked, &secret).unwrap();
        prop_assert_eq!((read.code(), read.identifier()), (Code::AccessChallenge, 3));
        let of = |kind| read.attributes().filter(move |known| known.kind == kind);
        let back: Vec<_> = of(Kind::PROXY_STATE).map(|known| known.value.to_vec()).collect();
        prop_assert_eq!(back, marks);
        let said: Vec<u8> = of(Kind::REPLY_MESSAGE).flat_map(|known| known.value.to_vec()).collect();
        prop_assert_eq!(said, words.as_bytes());
        prop_assert_eq!(read.first(Kind::STATE), Some(&state[..]));
        prop_assert!(judge_reply(&octets, asked, &Secret::radsec()).is_err());
    }

    #[test]
    fn any_octets_are_a_packet_or_are_not(octets in prop::collection::vec(any::<u8>(), 0..MAX_LENGTH + 9)) {
        if let Ok(packet) = Packet::parse(&octets) {
            let length: usize = packet.attributes().map(|known| known.value.len() + 2).sum();
            prop_assert_eq!(length + 20, packet.octets().len());
        }
    }
}
