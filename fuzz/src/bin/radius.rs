//! RADIUS packets, as a VPN's concentrator sends them, and what is answered.
#![no_main]

use kinfold_radius::{
    Code, Kind, MAX_LENGTH, Packet, Reply, Secret,
    testing::{Ask, judge_reply},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    // The secret of the RFCs' examples, which the seeds are.
    let secret = Secret::new(*b"xyzzy5461");
    let Ok(packet) = Packet::parse(octets) else { return };
    assert!(octets.starts_with(packet.octets()) && packet.octets().len() <= MAX_LENGTH);
    let head = packet.octets().first_chunk::<4>().expect("a head");
    assert_eq!(Packet::length(*head), Ok(packet.octets().len()));
    assert_eq!(packet.code().octet(), head[0]);

    // Written again from its parts, it is the same.
    let mut again = Ask::new(packet.code(), packet.identifier(), packet.authenticator());
    for known in packet.attributes() {
        again = again.with(known.kind, known.value);
    }
    assert_eq!(again.clone().bare(), packet.octets());

    if let Some(typed) = packet.password(&secret) {
        assert!(typed.len() <= 128 && typed.last() != Some(&0));
    }
    if packet.authenticate(&secret).is_ok() {
        assert!(packet.authenticate(&Secret::radsec()).is_err(), "one packet, one secret");
    }
    let reply = Reply::new(Code::AccessChallenge).message("Enter the code.").state(&[7; 16]);
    if let Ok(answer) = reply.answer(&packet, &secret) {
        let read = judge_reply(&answer, packet.authenticator(), &secret).expect("our own reply");
        let marks = |packet: &Packet| -> Vec<Vec<u8>> {
            let all = packet.attributes().filter(|known| known.kind == Kind::PROXY_STATE);
            all.map(|known| known.value.to_vec()).collect()
        };
        assert_eq!(marks(&read), marks(&packet), "proxies get their marks back");
    }
});
