//! A time service that finds a node's clock off.

use std::{
    net::{Ipv4Addr, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    thread,
};

use crate::{
    browser::{Browser, code, pin},
    stage::{Stage, wait_for},
};

const NURSE: &str = "nina.nurse";

/// A server of SNTP: it answers with the asker's own time and some seconds. It ends with the test's process.
struct TimeServer {
    port: u16,
    ahead_s: Arc<AtomicI64>,
}

impl TimeServer {
    fn start(ahead_s: i64) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = socket.local_addr().expect("a port").port();
        let ahead_s = Arc::new(AtomicI64::new(ahead_s));
        let ahead = Arc::clone(&ahead_s);
        thread::spawn(move || {
            let mut request = [0; 48];
            while let Ok((48, asker)) = socket.recv_from(&mut request) {
                let answer = answer(&request, ahead.load(Ordering::Relaxed));
                let _ = socket.send_to(&answer, asker);
            }
        });
        Self { port, ahead_s }
    }

    fn agrees(&self) {
        self.ahead_s.store(0, Ordering::Relaxed);
    }
}

/// RFC 5905, 7.3: version 4, a server of stratum 1; when it was asked, heard and answered.
fn answer(request: &[u8; 48], ahead_s: i64) -> [u8; 48] {
    let mut answer = [0; 48];
    (answer[0], answer[1]) = (0b00_100_100, 1);
    answer[24..32].copy_from_slice(&request[40..48]);
    let asked = u64::from_be_bytes(request[40..48].try_into().expect("eight bytes"));
    let time = asked.wrapping_add_signed(ahead_s << 32).to_be_bytes();
    answer[32..40].copy_from_slice(&time);
    answer[40..48].copy_from_slice(&time);
    answer
}

#[test]
fn codes_are_refused_while_the_time_service_finds_the_clock_off_and_go_on_when_it_agrees() {
    let mut stage = Stage::set("time-service");
    let server = TimeServer::start(5);
    let settings =
        format!("[clock]\ntime_servers = [\"127.0.0.1:{}\"]\n\n[sealed_desk]", server.port);
    stage.configure("trust", "[sealed_desk]", &settings);
    stage.serve("trust");
    let sign_in = || {
        let mut browser = Browser::at(&stage, "trust");
        browser.sign_in(NURSE, pin(NURSE), &code(&stage, NURSE, 0))
    };
    // A busy machine may have been too late for the first answer, and waits for the next; that is no code spent.
    wait_for("the first answer", || stage.log("trust").contains("codes are refused"));
    let page = sign_in();
    page.must(503, "this node's clock is 5 seconds behind its time service");
    page.must(503, "use a passkey, or ring your operator");
    for _ in 0..12 {
        assert_eq!(sign_in().status, 503, "not counted as wrong tries");
    }

    server.agrees();
    wait_for("codes to be taken again", || sign_in().status == 303);
    let page = Browser::signed_in(&stage, "trust", "piet.operator", 0).get("/feeds");
    page.must(200, "This node’s clock: Right");
    let log = stage.log("trust");
    assert!(log.contains("codes are taken again") && !log.contains(NURSE), "{log}");
}
