(func $scheduler (param $next (ref null $thread))
  loop $schedule
    local.get $next
    ref.is_null
    if
      return
    end
    block $on_yield (result (ref $thread))
      block $on_fork (result (ref $thread) (ref $thread))
        local.get $next
        resume $thread (on $yield $on_yield) (on $fork $on_fork)
        call $dequeue
        local.set $next
        br $schedule
      end
      local.set $next
      call $enqueue
      br $schedule
    end
    call $enqueue
    call $dequeue
    local.set $next
    br $schedule
  end
)
