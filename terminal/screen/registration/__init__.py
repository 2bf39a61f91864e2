"""The registration desk's screen of a clinic: departments, doctors and fee classes instead of goods, on the cashier's bill and keys."""
