use super::*;

const ROOM: &str = "org:0198c0de-0000-7000-8000-000000000000";

const A: &str = "0198c0de-0000-7000-8000-00000000000a";

fn refused(text: &str) -> (Option<String>, &'static str) {
    let Err(refused) = read(text) else {
        panic!("{text} was taken")
    };
    (refused.id.map(|id| id.raw().get().to_owned()), refused.invalid.code)
}

#[test]
fn every_type_of_frame_is_read() {
    let epoch = "0123456789abcdef0123456789abcdef";
    for text in [
        format!(r#"{{"id":1,"type":"subscribe","room":"{ROOM}","resume":{{"epoch":"{epoch}","offset":41}}}}"#),
        format!(r#"{{"type":"subscribe","room":"{ROOM}"}}"#),
        format!(r#"{{"id":"a","type":"unsubscribe","room":"{ROOM}"}}"#),
        format!(r#"{{"id":1,"type":"publish","room":"{ROOM}","event":"said","data":[1e400]}}"#),
        format!(r#"{{"id":1,"type":"publish","room":"{ROOM}","event":"said","data":null}}"#),
        format!(r#"{{"id":1,"type":"presence","room":"{ROOM}"}}"#),
        r#"{"id":1,"type":"auth","token":"x"}"#.to_owned(),
        format!(
            r#"{{"id":1,"type":"message.send","clientId":"{A}","to":"{A}","device":0,"content":"AAAA","kind":"olm"}}"#
        ),
        format!(r#"{{"type":"message.send","clientId":"{A}","to":"{A}","content":"AAAA"}}"#),
        r#"{"id":1,"type":"message.ack","upTo":7}"#.to_owned(),
        format!(r#"{{"id":1,"type":"message.read","conversation":"{A}","upTo":7}}"#),
        r#" {"type":"ping"}"#.to_owned(),
    ] {
        assert!(read(&text).is_ok(), "{text}");
    }
}

#[test]
fn a_refused_frame_is_answered_under_its_id() {
    let seven = Some("7".to_owned());
    for (text, code) in [
        (r#"{"id":7,"type":"jump"}"#, "unknown_type"),
        (r#"{"id":7,"type":"ping","extra":1}"#, "unknown_field"),
        (r#"{"id":7,"type":"ping","token":"x"}"#, "unknown_field"),
        (r#"{"id":7,"type":1}"#, "invalid_frame"),
        (r#"{"id":7}"#, "invalid_frame"),
        (r#"{"id":7,"type":"message.ack"}"#, "required"),
        (r#"{"id":7,"type":"message.ack","upTo":-1}"#, "invalid_frame"),
        (
            r#"{"id":7,"type":"message.ack","upTo":18446744073709551615}"#,
            "out_of_range",
        ),
        (
            r#"{"id":7,"type":"message.send","content":"AAAA","clientId":"x","to":"x"}"#,
            "invalid_id",
        ),
        (r#"{"id":7,"type":"ping","upTo":1}"#, "unknown_field"),
        (r#"{"id":7,"type":"subscribe"}"#, "required"),
        (r#"{"id":7,"type":"subscribe","room":"lobby"}"#, "invalid_room"),
        (
            r#"{"id":7,"type":"publish","event":"connect","data":1}"#,
            "reserved_event",
        ),
    ] {
        assert_eq!(refused(text), (seven.clone(), code), "{text}");
    }
    for (text, code) in [
        ("", "malformed_frame"),
        ("[]", "malformed_frame"),
        (r#"{"id":7,"type":"ping""#, "malformed_frame"),
        (r#"{"id":{},"type":"ping"}"#, "invalid_id"),
        (r#"{"id":-1.5,"type":"ping"}"#, "invalid_id"),
    ] {
        assert_eq!(refused(text), (None, code), "{text}");
    }
}
