mod delivering;
mod devices;
mod keeping;
mod posting;
mod together;
