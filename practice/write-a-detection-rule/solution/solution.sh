#!/bin/sh
cp fixed_rule.txt rule.txt
python3 check.py
