mod fakes;
mod instances;
mod nodes;
mod updates;
