//! Packets one after the other in a stream: each says its own length (RFC 6613 section 2.6.4).

use std::io;

use kinfold_radius::Packet;
use tokio_util::{bytes::BytesMut, codec::Decoder};

/// Cuts a stream into packets. What is no packet ends the stream: nobody knows where the next one would begin.
pub(super) struct Packets;

impl Decoder for Packets {
    type Item = Packet;
    type Error = io::Error;

    fn decode(&mut self, octets: &mut BytesMut) -> io::Result<Option<Packet>> {
        let no_packet = |error| io::Error::new(io::ErrorKind::InvalidData, error);
        let Some(head) = octets.first_chunk::<4>() else { return Ok(None) };
        let length = Packet::length(*head).map_err(no_packet)?;
        if octets.len() < length {
            octets.reserve(length - octets.len());
            return Ok(None);
        }
        Packet::parse(&octets.split_to(length)).map(Some).map_err(no_packet)
    }
}

#[cfg(test)]
mod tests {
    use kinfold_radius::{Secret, testing::Ask};

    use super::*;

    #[test]
    fn packets_come_out_of_a_stream_however_it_is_cut() {
        let secret = Secret::radsec();
        let asks = [1u8, 2, 3].map(|number| Ask::access(number, [number; 16], "nurse"));
        let stream: Vec<u8> = asks.into_iter().flat_map(|ask| ask.signed(&secret)).collect();
        for piece in [1, 3, 19, 64, stream.len()] {
            let (mut octets, mut found) = (BytesMut::new(), Vec::new());
            for piece in stream.chunks(piece) {
                octets.extend_from_slice(piece);
                while let Some(packet) = Packets.decode(&mut octets).unwrap() {
                    found.push(packet.identifier());
                }
            }
            assert_eq!((found, octets.len()), (vec![1, 2, 3], 0), "{piece}");
        }
        assert!(Packets.decode(&mut BytesMut::from("GET / HTTP/1.1\r\n")).is_err());
    }
}
