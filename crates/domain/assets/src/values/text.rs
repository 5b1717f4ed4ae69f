use tenon_kernel::{Invalid, line, paragraph};

macro_rules! text {
    ($(#[$attribute:meta])* $name:ident, $parse:expr) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// # Errors
            ///
            /// `required`, `too_long`, `invalid_characters`.
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                let parse: fn(&str) -> Result<String, Invalid> = $parse;
                parse(text).map(Self)
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

text! {
    /// What people call the asset: 1 to 200 characters, one line.
    AssetTitle, |text| line(text, 200)
}
text! {
    /// What there is to say about it: up to 10,000 characters.
    #[derive(Default)]
    Description, |text| paragraph(text, 10_000)
}
text! {
    /// What kind of thing it is, in the organization's own words: 1 to 100 characters, one line.
    Category, |text| line(text, 100)
}

impl Default for Category {
    fn default() -> Self {
        Self("general".to_owned())
    }
}
