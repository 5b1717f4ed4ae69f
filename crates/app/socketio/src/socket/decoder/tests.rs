use proptest::prelude::*;

use super::*;

const LARGEST: usize = 1_000_000;

fn read(text: &str) -> Result<Option<Decoded>, Malformed> {
    Decoder::default().text(text.to_owned().into(), LARGEST)
}

fn event(text: &str) -> (String, Option<u64>, String, Vec<String>) {
    let decoded = read(text).unwrap().unwrap();
    let Content::Event(ack, name, args, attachments) = decoded.content else {
        panic!("{text} is no event");
    };
    assert!(attachments.is_empty());
    let args = args.iter().map(|arg| arg.get().to_owned()).collect();
    (decoded.namespace.as_str().to_owned(), ack, name, args)
}

fn connect(text: &str) -> (String, Option<String>) {
    let decoded = read(text).unwrap().unwrap();
    let Content::Connect(auth) = decoded.content else {
        panic!("{text} is no connect");
    };
    let auth = auth.map(|auth| auth.get().to_owned());
    (decoded.namespace.as_str().to_owned(), auth)
}

fn refused(text: &str) {
    assert!(read(text).is_err(), "{text} is read as a packet");
}

#[test]
fn a_connect_names_a_namespace_and_may_bring_an_object() {
    assert_eq!(connect("0"), ("/".to_owned(), None));
    assert_eq!(connect("0/custom,"), ("/custom".to_owned(), None));
    assert_eq!(connect("0/custom"), ("/custom".to_owned(), None));
    let auth = Some(r#"{"token":"é"}"#.to_owned());
    assert_eq!(connect(r#"0{"token":"é"}"#), ("/".to_owned(), auth.clone()));
    assert_eq!(connect(r#"0/é,{"token":"é"}"#), ("/é".to_owned(), auth));
}

#[test]
fn what_comes_with_a_connect_is_an_object() {
    for text in [
        "0[1]",
        "0\"a\"",
        "0{",
        "0{}{}",
        "0null",
        "0/custom,1",
        "01",
        "012{}",
        "0{\"a\":1}x",
    ] {
        refused(text);
    }
}

#[test]
fn an_event_has_a_name_and_arguments() {
    let args = vec!["1".to_owned(), "{\"a\": [true]}".to_owned()];
    assert_eq!(
        event("2[\"x\", 1, {\"a\": [true]}]"),
        ("/".into(), None, "x".into(), args)
    );
    assert_eq!(
        event("2/custom,7[\"é\\n\"]"),
        ("/custom".into(), Some(7), "é\n".into(), vec![])
    );
    assert_eq!(event("2/,[\"x\"]"), ("/".into(), None, "x".into(), vec![]));
    assert_eq!(event("29223372036854775807[\"x\"]").1, Some(9_223_372_036_854_775_807));
}

#[test]
fn an_event_without_a_good_name_is_refused() {
    for text in [
        "2[]",
        "2[1]",
        "2[null]",
        "2[{}]",
        "2[[\"x\"]]",
        "2",
        "2{}",
        "2\"x\"",
        "2/custom",
        "2/custom,",
        "27",
    ] {
        refused(text);
    }
    for name in RESERVED {
        refused(&format!("2[\"{name}\"]"));
    }
    let name = "n".repeat(LONGEST);
    assert_eq!(event(&format!("2[\"{name}\"]")).2, name);
    refused(&format!("2[\"{name}n\"]"));
    refused(&format!("2/{name},[\"x\"]"));
}

#[test]
fn numbers_that_are_no_number_of_an_acknowledgement_are_refused() {
    for text in [
        "29223372036854775808[\"x\"]",
        "299999999999999999999999[\"x\"]",
        "201[\"x\"]",
        "2-1[\"x\"]",
        "2 [\"x\"]",
        "3[1]",
        "3x[1]",
    ] {
        refused(text);
    }
}

#[test]
fn arguments_that_are_no_json_are_refused() {
    for text in [
        "2[\"x\",]",
        "2[\"x\"",
        "2[\"x\"]]",
        "2[\"x\",abc]",
        "2[\"x\"]é",
        "2[\"x\",\"\u{1}\"]",
        "2[\"x\" 1]",
    ] {
        refused(text);
    }
}

#[test]
fn deep_arguments_are_refused_without_being_walked() {
    let deep = |levels: usize| format!("2[\"x\",{}{}]", "[".repeat(levels), "]".repeat(levels));
    assert!(read(&deep(63)).is_ok());
    refused(&deep(64));
    refused(&deep(400_000));
    refused(&format!("0{}", "{\"a\":".repeat(200_000)));
}

#[test]
fn what_no_client_sends_is_refused() {
    for text in [
        "",
        "4{\"message\":\"x\"}",
        "7",
        "9[]",
        "abc",
        "é",
        "1x",
        "1/a,x",
        "1{}",
        "5[\"x\"]",
        "5-[\"x\"]",
        "511[\"x\"]",
    ] {
        refused(text);
    }
}

#[test]
fn a_packet_is_whole_when_its_attachments_have_come() {
    let mut decoder = Decoder::default();
    let text = r#"52-/custom,9["x",{"_placeholder":true,"num":1},[{"_placeholder":true,"num":0}]]"#;
    assert!(decoder.text(text.into(), LARGEST).unwrap().is_none());
    assert!(decoder.binary(Bytes::from_static(&[1]), LARGEST).unwrap().is_none());
    let decoded = decoder.binary(Bytes::from_static(&[2, 3]), LARGEST).unwrap().unwrap();
    let Content::Event(ack, name, args, attachments) = decoded.content else {
        panic!("no event");
    };
    assert_eq!((ack, name.as_str(), args.len()), (Some(9), "x", 2));
    assert_eq!(attachments, [&[1][..], &[2, 3][..]]);
    assert!(decoder.text("2[\"y\"]".into(), LARGEST).unwrap().is_some());
}

#[test]
fn an_acknowledgement_may_have_attachments() {
    let mut decoder = Decoder::default();
    let text = r#"61-4[{"_placeholder":true,"num":0}]"#;
    assert!(decoder.text(text.into(), LARGEST).unwrap().is_none());
    let decoded = decoder.binary(Bytes::from_static(&[1]), LARGEST).unwrap().unwrap();
    let Content::Ack(id, args, attachments) = decoded.content else {
        panic!("no acknowledgement");
    };
    assert_eq!((id, args.len(), attachments.len()), (4, 1, 1));
}

#[test]
fn text_between_attachments_is_refused() {
    let mut decoder = Decoder::default();
    let text = r#"51-["x",{"_placeholder":true,"num":0}]"#;
    assert!(decoder.text(text.into(), LARGEST).unwrap().is_none());
    assert!(decoder.text("2[\"y\"]".into(), LARGEST).is_err());
}

#[test]
fn an_attachment_that_nobody_announced_is_refused() {
    assert!(Decoder::default().binary(Bytes::from_static(&[1]), LARGEST).is_err());
}

#[test]
fn at_most_ten_attachments_come_with_a_packet_and_together_they_are_no_larger_than_one() {
    let places = |count: usize| {
        let places: Vec<_> = (0..count)
            .map(|number| format!("{{\"_placeholder\":true,\"num\":{number}}}"))
            .collect();
        format!("5{count}-[\"x\",{}]", places.join(","))
    };
    let mut decoder = Decoder::default();
    assert!(decoder.text(places(10).into(), 100).unwrap().is_none());
    assert!(decoder.binary(vec![0; 60].into(), 100).unwrap().is_none());
    assert!(decoder.binary(vec![0; 60].into(), 100).is_err());
    refused(&places(11));
}

#[test]
fn placeholders_are_those_of_the_attachments() {
    for args in [
        r#"["x"]"#,
        r#"["x",{"_placeholder":true,"num":1}]"#,
        r#"["x",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}]"#,
        r#"["x",{"_placeholder":true}]"#,
    ] {
        let mut decoder = Decoder::default();
        assert!(decoder.text(format!("51-{args}").into(), LARGEST).unwrap().is_none());
        assert!(decoder.binary(Bytes::from_static(&[1]), LARGEST).is_err(), "{args}");
    }
}

proptest! {
    #[test]
    fn no_text_panics_the_decoder(text in "\\PC*") {
        let _ = read(&text);
    }

    #[test]
    fn nothing_that_resembles_a_packet_panics_the_decoder(
        text in "[0-7][0-9]{0,21}-?(/[a-zé]{0,3},?)?[0-9]{0,21}[\\[{]?(\"x\"|,|\\[|\\{|:|1|\\\\|\"|\\{\"_placeholder\":true,\"num\":[0-9]\\}){0,12}[\\]}]?",
        attachments in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..4), 0..12),
    ) {
        let mut decoder = Decoder::default();
        let _ = decoder.text(text.into(), LARGEST);
        for bytes in attachments {
            let _ = decoder.binary(bytes.into(), LARGEST);
        }
    }

    #[test]
    fn every_event_is_read_as_it_was_sent(name in "[a-z]{1,8}", number in any::<u32>(), text in "\\PC*") {
        let arg = serde_json::to_string(&text).unwrap();
        let packet = format!("2/ns,{number}[\"x{name}\",{arg}]");
        prop_assert_eq!(event(&packet), ("/ns".into(), Some(number.into()), format!("x{name}"), vec![arg]));
    }
}
