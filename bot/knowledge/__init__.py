"""What the assistant knows: sourced facts, the answers built on them, and the checker that keeps both honest."""
