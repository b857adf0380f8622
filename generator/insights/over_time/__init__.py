"""What changes over time: drift, momentum, shares of voice and the year before."""
