namespace Memento;

/// <summary>Placeholder while the tree is written.</summary>
public abstract class Guard;
