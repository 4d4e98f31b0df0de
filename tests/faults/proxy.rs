//! The network between the two nodes, in the test's hand: a way through which everything goes, and which can be cut in several manners.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// How the way is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub(crate) enum Way {
    /// Everything goes through.
    Open,
    /// Connections are accepted, and nothing goes through.
    Hanging,
    /// Connections are reset.
    Resetting,
    /// What is asked goes through; what is answered does not.
    HalfOpen,
}

/// A way from one port to another on this machine, until it is dropped.
pub(crate) struct Proxy {
    way: Course,
    closed: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Clone)]
struct Course(Arc<AtomicU8>);

impl Proxy {
    /// Leads from `from` to `to`.
    pub(crate) fn between(from: u16, to: u16) -> Self {
        let way = Course(Arc::new(AtomicU8::new(Way::Open as u8)));
        let closed = Arc::new(AtomicBool::new(false));
        let listener = TcpListener::bind(("127.0.0.1", from)).expect("a free port");
        listener.set_nonblocking(true).expect("a listener");
        let (course, until) = (way.clone(), Arc::clone(&closed));
        let accepting = thread::spawn(move || {
            while !until.load(Ordering::SeqCst) {
                let Ok((client, _)) = listener.accept() else {
                    thread::sleep(Duration::from_millis(5));
                    continue;
                };
                client.set_nonblocking(false).expect("a connection");
                let course = course.clone();
                thread::spawn(move || course.lead(&client, to));
            }
        });
        Self { way, closed, accepting: Some(accepting) }
    }

    pub(crate) fn set(&self, way: Way) {
        self.way.0.store(way as u8, Ordering::SeqCst);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.set(Way::Resetting);
        self.closed.store(true, Ordering::SeqCst);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

impl Course {
    fn is(&self, way: Way) -> bool {
        self.0.load(Ordering::SeqCst) == way as u8
    }

    fn lead(&self, client: &TcpStream, to: u16) {
        if self.is(Way::Resetting) {
            // Closed with bytes unread, a connection is reset.
            thread::sleep(Duration::from_millis(50));
            return;
        }
        let Ok(server) = TcpStream::connect(("127.0.0.1", to)) else { return };
        let (Ok(asks), Ok(answers)) = (client.try_clone(), server.try_clone()) else { return };
        let (way, back) = (self.clone(), (answers, asks));
        let answering = thread::spawn(move || way.pump(back.0, back.1, false));
        if let (Ok(client), Ok(server)) = (client.try_clone(), server.try_clone()) {
            self.pump(client, server, true);
        }
        let _ = client.shutdown(Shutdown::Both);
        let _ = server.shutdown(Shutdown::Both);
        let _ = answering.join();
    }

    fn pump(&self, mut from: TcpStream, mut to: TcpStream, asks: bool) {
        let mut part = [0; 16 << 10];
        while let Ok(count @ 1..) = from.read(&mut part) {
            while self.is(Way::Hanging) {
                thread::sleep(Duration::from_millis(20));
            }
            if self.is(Way::Resetting) {
                return;
            }
            let lost = self.is(Way::HalfOpen) && !asks;
            if !lost && to.write_all(&part[..count]).is_err() {
                return;
            }
        }
    }
}
