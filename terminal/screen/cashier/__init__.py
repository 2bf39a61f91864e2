"""The cashier's screen: what is typed (model), what is shown (view), how it is laid out (painting)."""
