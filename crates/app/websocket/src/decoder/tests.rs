use super::*;

/// A client's frame.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [0xa1, 0x07, 0x5c, 0xff];
    let mut frame = vec![first];
    match payload.len() {
        short @ 0..126 => frame.push(0x80 | u8::try_from(short).unwrap()),
        long => {
            frame.push(0xfe);
            frame.extend(u16::try_from(long).unwrap().to_be_bytes());
        }
    }
    frame.extend(mask);
    let begin = frame.len();
    frame.extend(payload);
    unmask(&mut frame[begin..], mask, 0);
    frame
}

fn read(bytes: &[u8], at_once: usize) -> Result<Vec<Event>, Violation> {
    let mut decoder = Decoder::new(1000);
    let mut events = Vec::new();
    for part in bytes.chunks(at_once) {
        let mut part = Bytes::copy_from_slice(part);
        while let Some(event) = decoder.next(&mut part)? {
            events.push(event);
        }
        assert!(part.is_empty());
    }
    Ok(events)
}

#[test]
fn messages_are_read_however_the_stream_is_cut() {
    let bytes = [
        frame(0x81, "grüße".as_bytes()),
        frame(0x02, &[1; 200]),
        frame(0x89, b"there?"),
        frame(0x00, &[]),
        frame(0x80, &[2; 300]),
        frame(0x8a, b""),
        frame(0x88, &[3, 232]),
    ]
    .concat();
    let binary = [vec![1; 200], vec![2; 300]].concat();
    let expected = vec![
        Event::Text("grüße".to_owned()),
        Event::Part,
        Event::Ping(b"there?".to_vec()),
        Event::Part,
        Event::Binary(binary),
        Event::Pong,
        Event::Close(Some(Close::new(1000, ""))),
    ];
    for at_once in [1, 2, 3, 7, 64, bytes.len()] {
        assert_eq!(read(&bytes, at_once), Ok(expected.clone()), "{at_once} bytes at once");
    }
}

#[test]
fn a_message_is_refused_by_the_header_that_makes_it_too_large() {
    let announced = [0x82, 0xff, 0, 0, 0, 0, 0x12, 0xc0, 0, 0, 1, 2, 3, 4];
    assert_eq!(read(&announced, 14), Err(Violation::TooLarge));
    let second = frame(0x80, &[2; 400]);
    let fragments = [frame(0x02, &[1; 601]), second[..8].to_vec()].concat();
    assert_eq!(read(&fragments, 100), Err(Violation::TooLarge));
    assert!(read(&[frame(0x02, &[1; 600]), second].concat(), 100).is_ok());
}

#[test]
fn text_is_refused_by_the_first_byte_that_cannot_belong_to_it() {
    let text = frame(0x81, b"ab\xf4\x90\x80\x80cd");
    assert_eq!(read(&text[..9], 1), Ok(vec![]));
    assert_eq!(read(&text[..10], 1), Err(Violation::Text));
    let split = [frame(0x01, b"\xc3"), frame(0x80, b"\xa4")].concat();
    assert_eq!(read(&split, 3), Ok(vec![Event::Part, Event::Text("ä".to_owned())]));
    assert_eq!(read(&frame(0x81, b"\xc3"), 3), Err(Violation::Text));
}

#[test]
fn fragments_come_in_their_order() {
    assert!(matches!(read(&frame(0x80, b"x"), 9), Err(Violation::Protocol(_))));
    let twice = [frame(0x01, b"x"), frame(0x81, b"y")].concat();
    assert!(matches!(read(&twice, 9), Err(Violation::Protocol(_))));
}

#[test]
fn a_close_frame_that_breaks_the_rules_is_a_violation() {
    for payload in [&[3][..], &[3, 237], &[3, 232, 0xc3]] {
        assert!(
            matches!(read(&frame(0x88, payload), 9), Err(Violation::Protocol(_))),
            "{payload:?}"
        );
    }
    assert_eq!(read(&frame(0x88, b""), 9), Ok(vec![Event::Close(None)]));
}

#[test]
fn nothing_is_kept_of_what_was_read() {
    let mut decoder = Decoder::new(1000);
    let mut bytes = Bytes::from(frame(0x82, &[1; 900]));
    decoder.next(&mut bytes).unwrap();
    assert!(decoder.message.is_none() && decoder.control.capacity() == 0);
}
