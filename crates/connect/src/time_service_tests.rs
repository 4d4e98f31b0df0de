use std::net::{Ipv4Addr, UdpSocket};

use super::*;

/// What a server does with each request.
#[derive(Clone, Copy)]
enum Server {
    /// Answers with the asker's own time and so many seconds.
    Ahead(i64),
    /// With another stratum: 0 is a kiss of death, 16 has no time.
    Stratum(u8),
    /// With somebody else's answer.
    Another,
    /// With a part of one.
    Short,
}

/// A server on this machine; it ends with the test's process.
fn serve(server: Server) -> String {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = socket.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        let mut request = [0; 48];
        while let Ok((_, asker)) = socket.recv_from(&mut request) {
            let reply = reply(server, &request);
            socket.send_to(&reply, asker).unwrap();
        }
    });
    address
}

/// RFC 5905, 7.3: 48 bytes, of which the last three times eight are when it was asked, heard and answered.
fn reply(server: Server, request: &[u8; 48]) -> Vec<u8> {
    let mut reply = [0; 48];
    reply[0] = 0b00_100_100;
    reply[1] = 1;
    reply[12..16].copy_from_slice(b"TEST");
    reply[24..32].copy_from_slice(&request[40..48]);
    let asked = u64::from_be_bytes(request[40..48].try_into().unwrap());
    let mut seconds = 0;
    match server {
        Server::Ahead(ahead) => seconds = ahead,
        Server::Stratum(stratum) => reply[1] = stratum,
        Server::Another => reply[31] ^= 1,
        Server::Short => return reply[..20].to_vec(),
    }
    let now = asked.wrapping_add_signed(seconds << 32).to_be_bytes();
    reply[32..40].copy_from_slice(&now);
    reply[40..48].copy_from_slice(&now);
    reply.to_vec()
}

async fn asked(server: Server) -> Result<SignedDuration, &'static str> {
    let service = TimeService::new(vec![serve(server)]);
    service.ask().await.pop().unwrap().ahead
}

/// From a server that answers, however busy this machine is.
async fn answered(seconds: i64) -> f64 {
    let service = TimeService::new(vec![serve(Server::Ahead(seconds))]);
    loop {
        if let Ok(ahead) = service.ask().await.pop().unwrap().ahead {
            return ahead.as_secs_f64();
        }
    }
}

#[tokio::test]
async fn a_server_says_how_far_this_clock_is_off_to_half_the_way() {
    for seconds in [0, 5, -5, 86_400] {
        let (ahead, truth) = (answered(seconds).await, -f64::from(i32::try_from(seconds).unwrap()));
        assert!((ahead - truth).abs() <= 0.51, "{seconds}: {ahead}");
    }
}

#[tokio::test]
async fn what_is_no_answer_is_told_as_such() {
    let table = [
        (Server::Stratum(0), "does not want"),
        (Server::Stratum(16), "does not know the time"),
        (Server::Another, "can't be used"),
        (Server::Short, "can't be used"),
    ];
    for (server, words) in table {
        let mut told = asked(server).await;
        // A busy machine may be late.
        while told == Err("it does not answer") {
            told = asked(server).await;
        }
        assert!(told.is_err_and(|told| told.contains(words)), "{told:?}");
    }
}

#[tokio::test]
async fn servers_that_say_nothing_keep_nobody_waiting() {
    let names = ["no-such-host.invalid:123".to_owned(), silent_server(), "127.0.0.1:1".to_owned()];
    let answers = TimeService::new(names.to_vec()).ask().await;
    let told: Vec<_> = answers.iter().map(|answer| (&answer.server, answer.ahead)).collect();
    assert_eq!(told[0], (&names[0], Err("its name is not known")));
    assert_eq!(told[1], (&names[1], Err("it does not answer")));
    assert_eq!(told[2], (&names[2], Err("it does not answer")));
}

fn silent_server() -> String {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = socket.local_addr().unwrap().to_string();
    // Bound and never read, until the process ends.
    std::mem::forget(socket);
    address
}
