mod delivering;
mod keeping;
mod posting;
