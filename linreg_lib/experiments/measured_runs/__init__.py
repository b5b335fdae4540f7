"""What a protocol measures of one network or one training run, a file each."""
