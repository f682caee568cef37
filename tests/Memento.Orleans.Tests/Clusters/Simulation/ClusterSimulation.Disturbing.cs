namespace Memento.Tests.Clusters.Simulation;

/// <content>Crashes, pauses, and what the membership says of them.</content>
internal sealed partial class ClusterSimulation
{
    private readonly int _disturbedOneIn;
    private int _crashes;
    private int _pauses;
    private bool _isCalm;

    /// <summary>Called before each step of a silo, which may be its last.</summary>
    public bool MayStep(VirtualSilo silo)
    {
        if (_isCalm || _crashes + _pauses == 0 || !_random.OneIn(_disturbedOneIn)) return true;
        if (_random.Below(_crashes + _pauses) < _crashes)
        {
            _crashes--;
            Kill(silo, "is killed");
        }
        else
        {
            _pauses--;
            Pause(silo);
        }

        return false;
    }

    public void Kill(VirtualSilo silo, string why)
    {
        if (!silo.IsAlive) return;
        Counts.Add(Happening.Crash);
        if (Time.IsTold) Time.Tell($"{silo.Name} {why}");
        silo.IsAlive = false;
        silo.End();
        SiloAddress dead = silo.Here;
        int verdict = _random.OneIn(3) ? _random.Between(10, 200) : _random.Between(200, 900);
        Time.After(VirtualTime.Milliseconds(verdict), () => Declare(dead));
        if (_random.OneIn(2)) Time.After(SomeTime(verdict + 100), ReadByCut);
        if (!_random.OneIn(3))
        {
            Time.After(SomeTime(1_000), () =>
            {
                // A silo that starts again is known to have died.
                Declare(dead);
                Counts.Add(Happening.Restart);
                StartSilo(dead.Endpoint.Port, dead.Generation + 1);
            });
        }
    }

    /// <summary>The membership says something of a silo, which each silo hears some time.</summary>
    public void Tell(SiloAddress silo, MemberStatus status)
    {
        if (Members.GetValueOrDefault(silo) >= status) return;
        Members[silo] = status;
        if (status == MemberStatus.Dead) _silos.Find(each => each.Here.Equals(silo))?.End();
        _plan = null;
        foreach (VirtualSilo each in _silos)
            each.Post(SomeTime(_random.OneIn(4) ? 200 : 5), () => each.Learn(silo, status));
    }

    public void Tell(VirtualSilo silo, MemberStatus status) => Tell(silo.Here, status);

    /// <summary>A silo has handed everything over, and ends.</summary>
    public void Leave(VirtualSilo silo)
    {
        if (Time.IsTold) Time.Tell($"{silo.Name} has stopped");
        silo.IsAlive = false;
        Tell(silo.Here, MemberStatus.Dead);
    }

    private void Declare(SiloAddress dead)
    {
        if (Members[dead] == MemberStatus.Dead) return;
        if (Time.IsTold) Time.Tell($"{NameOf(dead)} is declared dead");
        Tell(dead, MemberStatus.Dead);
    }

    private void Pause(VirtualSilo silo)
    {
        Counts.Add(Happening.Pause);
        int length = _random.OneIn(2) ? _random.Between(5, 100) : _random.Between(200, 1_600);
        if (Time.IsTold) Time.Tell($"{silo.Name} stands still for {length} ms");
        silo.Pause(VirtualTime.Milliseconds(length));
        int verdict = _random.Between(200, 900);
        if (verdict >= length) return;
        Time.After(VirtualTime.Milliseconds(verdict), () =>
        {
            if (!silo.IsAlive) return;
            Counts.Add(Happening.FalseVerdict);
            Declare(silo.Here);
        });
    }

    private void StopOne()
    {
        VirtualSilo[] active = [.. _silos.Where(each =>
            each.IsAlive && Members[each.Here] == MemberStatus.Active)];
        if (_isCalm || active.Length < 2) return;
        VirtualSilo silo = active[_random.Below(active.Length)];
        Counts.Add(Happening.Stop);
        if (Time.IsTold) Time.Tell($"{silo.Name} is stopped");
        silo.Post(0, () => Time.Go(silo.LeaveAsync));
    }
}
