use anyhow::{Context, Result};
use serde_json::json;

use crate::wire::{Request, request};

/// Where the number of a batch is, in hexadecimal digits, until it has one.
const NUMBER: &str = "________";

/// Whose notifications these are.
pub struct Subscription {
    /// Graph's id.
    pub remote: String,
    /// What Graph and the subscriber alone know.
    pub client_state: String,
}

/// One post, of which only the number of the batch changes from one to the next.
#[derive(Clone)]
pub struct Batch {
    request: Request,
    places: Vec<usize>,
}

impl Batch {
    /// With so many items, each about a message of its own.
    pub fn of(subscription: &Subscription, items: usize) -> Self {
        let items: Vec<_> = (0..items).map(|item| described(subscription, item)).collect();
        let body = json!({ "value": items }).to_string();
        let request = request("POST", "/webhooks/graph", None, Some(&body));
        let windows = request.windows(NUMBER.len()).enumerate();
        let places = windows.filter(|(_, window)| *window == NUMBER.as_bytes());
        let places = places.map(|(place, _)| place).collect();
        Self { request, places }
    }

    /// The bytes of the post with this number.
    pub fn numbered(&mut self, number: u64) -> Result<&[u8]> {
        let digits = format!("{:0width$x}", number, width = NUMBER.len());
        for place in &self.places {
            let number = self.request.get_mut(*place..place + NUMBER.len());
            number
                .context("a place beyond the end")?
                .copy_from_slice(digits.as_bytes());
        }
        Ok(&self.request)
    }

    /// How long it is, in bytes.
    pub fn len(&self) -> usize {
        self.request.len()
    }
}

/// As Graph describes a message.
fn described(subscription: &Subscription, item: usize) -> serde_json::Value {
    let id = format!("AAMkAGUwNjQ4ZjIxLTQ3Y2Yt{NUMBER}{item:08x}FAAA=");
    let place = format!("Users/84bd8158-6d4d-4958-8b9f-9d6445542f95/Messages/{id}");
    json!({
        "id": format!("6f2b2f0e-{NUMBER}-{item:08x}"),
        "subscriptionId": subscription.remote,
        "subscriptionExpirationDateTime": "2030-01-01T00:00:00.0000000+00:00",
        "clientState": subscription.client_state,
        "changeType": "updated",
        "resource": place,
        "resourceData": {
            "@odata.type": "#Microsoft.Graph.Message",
            "@odata.id": place,
            "@odata.etag": format!("W/\"CQAAABYAAAB{NUMBER}{item:08x}\""),
            "id": id,
        },
        "tenantId": "84bd8158-6d4d-4958-8b9f-9d6445542f95",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_numbers_make_two_posts_that_share_no_item() -> Result<()> {
        let subscription = Subscription {
            remote: "s".to_owned(),
            client_state: "c".to_owned(),
        };
        let mut batch = Batch::of(&subscription, 3);
        assert_eq!(batch.places.len(), 3 * 5);
        let one = String::from_utf8(batch.numbered(1)?.to_vec())?;
        let other = String::from_utf8(batch.numbered(0xabc)?.to_vec())?;
        assert_eq!(
            one.replace("00000001", ""),
            other.replace("00000abc", "").replace("00000001", "")
        );
        assert!(!other.contains(NUMBER));
        Ok(())
    }
}
