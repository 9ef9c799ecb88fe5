"""What people see: text, notebooks, figures and reports. Holds no logic of the loop."""
