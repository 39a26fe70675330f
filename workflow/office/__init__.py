"""What stands around the path of one command: answers, published lifecycles, request ids, refusals, links, exports."""
