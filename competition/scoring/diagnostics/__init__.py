"""What the ratings tell about judges and design: agreement, connectivity, bias, planning."""
