"""The look-up's accelerator: a team's token tables as arrays in memory, fresh at every look-up."""
