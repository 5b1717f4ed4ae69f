mod announcing;
mod fakes;
mod rules;
mod tenancy;
