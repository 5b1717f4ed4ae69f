mod credentials;
mod wrappings;
