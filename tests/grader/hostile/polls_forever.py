# ends: timeout
import select

select.poll().poll()
