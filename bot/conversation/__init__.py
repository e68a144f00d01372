"""What happens with a conversation: receiving, owning, answering, delivering and erasing."""
