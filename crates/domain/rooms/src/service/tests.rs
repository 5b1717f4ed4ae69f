mod fakes;
mod rules;
mod tenancy;
